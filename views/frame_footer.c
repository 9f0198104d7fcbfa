/*
 * The footer says what can be done now. While something is typed it is the prompt; a message stands in front of the help
 * key, or in its place when there is no room for both; otherwise it lists keys and gives up the ones with the highest drop number until they fit.
 */
#include "views/frame.h"

#include <stdio.h>
#include <string.h>

#include "draw/text.h"

enum { FOOTER_KEYS = 32, GAP = 2, LABEL_BYTES = 80 };

static const struct key_row help_key = {"?", "help", "", 1};

/* A key and what it is called now. */
struct entry {
    const struct key_row *row;
    char label[LABEL_BYTES];
};

static int key_width(const char *key, const char *label)
{
    return text_width(key) + 1 + text_width(label) + GAP;
}

/* May what this key does be done, by this user and now? A key that does nothing to the plant always. */
static bool allowed(const struct scene *scene, const struct view *view, const struct key_row *row)
{
    for (size_t i = 0; i < view->act_count; i++)
        if (strcmp(view->acts[i].key, row->key) == 0)
            return !scene->read_only && !scene->past && scene->role >= action_table[view->acts[i].kind].least;
    return true;
}

static int draw_key(struct surface s, int x, const char *key, const char *label, bool dim)
{
    x = surface_text(s, x, 0, dim ? CELL_DIM : CELL_KEY, key);
    return surface_text(s, x + 1, 0, CELL_DIM, label) + GAP;
}

/* A key that the view takes for itself ("-" of "+ -") does nothing else there. */
static bool takes(const struct view *view, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i < view->key_count; i++)
        for (const char *at = view->keys[i].key; *at; at += strcspn(at, " "), at += *at == ' ')
            if (strcspn(at, " ") == length && strncmp(at, key, length) == 0)
                return true;
    return false;
}

static size_t collect(const struct view *view, bool travels, bool tape, const struct key_row *rows[FOOTER_KEYS])
{
    size_t count = 0;
    for (size_t i = 0; travels && i < frame_past_key_count; i++)
        rows[count++] = &frame_past_keys[i];
    for (size_t i = 0; tape && !travels && i < frame_tape_key_count; i++)
        rows[count++] = &frame_tape_keys[i];
    for (size_t i = 0; i < view->key_count && count < FOOTER_KEYS; i++)
        if (view->keys[i].drop > 0)
            rows[count++] = &view->keys[i];
    /* What is drawn over a view takes only its own keys. */
    bool over = view == &faceplate_view || view == &help_view || view == &why_view || view == &backtest_view || view == &reasons_view
        || view == &calls_view || view == &soon_view;
    for (size_t i = 0; !over && i < frame_key_count && count < FOOTER_KEYS; i++)
        if (frame_keys[i].drop > 0 && !((travels || tape) && frame_keys[i].key[0] == '[') && !(tape && strcmp(frame_keys[i].key, frame_tape_keys[0].key) == 0) && !takes(view, frame_keys[i].key))
            rows[count++] = &frame_keys[i];
    return count;
}

static size_t name_keys(const struct scene *scene, const struct view *view, const void *state, const struct key_row *const rows[FOOTER_KEYS], size_t count,
    struct entry out[FOOTER_KEYS])
{
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        struct entry *entry = &out[named];
        entry->row = rows[i];
        if (!view->label || !view->label(state, scene, rows[i]->key, entry->label, LABEL_BYTES))
            snprintf(entry->label, LABEL_BYTES, "%s", rows[i]->label);
        named += entry->label[0] != '\0'; /* what does nothing now is not there */
    }
    return named;
}

/* Takes out the entry with the highest drop number, the last one of equals. */
static size_t drop_one(struct entry entries[FOOTER_KEYS], size_t count)
{
    size_t highest = 0;
    for (size_t i = 1; i < count; i++)
        if (entries[i].row->drop >= entries[highest].row->drop)
            highest = i;
    memmove(entries + highest, entries + highest + 1, (count - highest - 1) * sizeof entries[0]);
    return count - 1;
}

static int keys_width(const struct entry entries[FOOTER_KEYS], size_t count)
{
    int w = 0;
    for (size_t i = 0; i < count; i++)
        w += key_width(entries[i].row->key, entries[i].label);
    return w;
}

static void draw_prompt(const struct scene *scene, struct surface s)
{
    int cursor = (int)scene->prompt_cursor, shift = cursor >= s.w ? cursor - s.w + 1 : 0;
    surface_text(s, -shift, 0, CELL_TEXT, scene->prompt);
}

void frame_footer(const struct scene *scene, const struct view *view, const void *state, struct surface s)
{
    if (scene->prompt) {
        draw_prompt(scene, s);
        return;
    }
    int room = s.w - (key_width(help_key.key, help_key.label) - GAP);
    bool roomy = text_width(scene->message) <= room - GAP; /* what must be read goes before the help, which is there again with the next key */
    if (roomy)
        draw_key(s, room, help_key.key, help_key.label, false);
    if (scene->message[0]) {
        surface_text_fit(s, 0, 0, roomy ? room - GAP : s.w, CELL_ACCENT, scene->message);
        return;
    }
    const struct key_row *rows[FOOTER_KEYS];
    struct entry entries[FOOTER_KEYS];
    size_t count = name_keys(scene, view, state, rows, collect(view, scene->travel != NULL, scene->tape, rows), entries);
    while (count > 0 && keys_width(entries, count) > room)
        count = drop_one(entries, count);
    int x = 0;
    for (size_t i = 0; i < count; i++)
        x = draw_key(s, x, entries[i].row->key, entries[i].label, !allowed(scene, view, entries[i].row));
}
