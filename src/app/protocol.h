/*
 * protocol: what the frames of the collector's socket carry (io/socket.h names them), packed and unpacked in one place for
 * both sides. Everything that is unpacked is bounded and was checked; texts have passed the gate.
 */
#ifndef ANDON_APP_PROTOCOL_H
#define ANDON_APP_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/action.h"
#include "core/pack.h"
#include "core/plant.h"
#include "io/config.h"

enum { PROTOCOL_NAME = 512, PROTOCOL_REASON = 1024, PROTOCOL_RAW = 4096, PROTOCOL_SCREEN_FRAME = 64 << 10 };

struct hello {
    uint32_t protocol;
    uint64_t config_id;
    char config[PROTOCOL_NAME]; /* the file's name, for people */
    bool read_only;
    bool follows;               /* takes whatever configuration is in force: it was attached before */
};

struct welcome {
    uint32_t protocol;
    char version[32];
    uint64_t config_id;
    char config[PROTOCOL_NAME];
    uint64_t pid;
    bool service;
};

struct raw_answer {
    char key[KEY_BYTES], topic[1024], payload[PROTOCOL_RAW];
};

/* Who the collector takes the screen's user for. */
struct rights {
    enum person_role role;
    char user[ACTION_WHO];
    bool sign_on;
    uint16_t shifts[ACCESS_SHIFTS]; /* when shifts begin: minutes of the local day */
    size_t shift_count;
};

/* What became of an action. */
struct action_answer {
    uint8_t id[16];
    enum refusal refusal;
};

void hello_pack(const struct hello *hello, struct packer *p);
bool hello_unpack(struct hello *hello, const void *bytes, size_t length);
void welcome_pack(const struct welcome *welcome, struct packer *p);
bool welcome_unpack(struct welcome *welcome, const void *bytes, size_t length);
void raw_pack(const struct raw_answer *raw, struct packer *p);
bool raw_unpack(struct raw_answer *raw, const void *bytes, size_t length);
void rights_pack(const struct rights *rights, struct packer *p);
bool rights_unpack(struct rights *rights, const void *bytes, size_t length);
void action_answer_pack(const struct action_answer *answer, struct packer *p);
bool action_answer_unpack(struct action_answer *answer, const void *bytes, size_t length);

#endif
