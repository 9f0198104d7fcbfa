/*
 * pseudonym: other words instead of those that tell whose plant it is. Every word of two letters or more, and every run of letters of another script, becomes
 * another one, always the same for the same word and of the same case, but for words that are kept since the program itself uses them. Numbers stay; IPv4 addresses become
 * ones of 192.0.2.0/24 and 198.51.100.0/24. Pseudonyms are given in the order in which words come: nothing of a word is in its pseudonym.
 *
 *     struct pseudonyms *p = pseudonyms_create();
 *     pseudonyms_keep(p, "Execute");
 *     char *text = pseudonyms_text(p, "Hall 3 of Works", length);     // "Xaa 3 Xab Xac"; free()
 */
#ifndef ANDON_CORE_PSEUDONYM_H
#define ANDON_CORE_PSEUDONYM_H

#include <stdbool.h>
#include <stddef.h>

struct pseudonyms;

struct pseudonyms *pseudonyms_create(void);
void pseudonyms_destroy(struct pseudonyms *p);
/* All words of a text stay what they are. */
void pseudonyms_keep(struct pseudonyms *p, const char *text);
/* This text, wherever it stands as a whole, becomes "***": a secret. Shorter ones than 4 bytes are not looked for. */
void pseudonyms_hide(struct pseudonyms *p, const char *secret);
/* With false only secrets are replaced. True at first. */
void pseudonyms_words(struct pseudonyms *p, bool on);
/* A plain text; the caller's: free(). *out_length may be NULL. */
char *pseudonyms_text(struct pseudonyms *p, const char *text, size_t length, size_t *out_length);
/* A payload: of JSON only what stands between quotes, escapes understood, and the values of members that are called as secrets are ("password") as "***". */
char *pseudonyms_payload(struct pseudonyms *p, const char *text, size_t length, size_t *out_length);
size_t pseudonyms_count(const struct pseudonyms *p);

#endif
