/*
 * site: what the tests of whole collectors share: a broker, a configuration, a cache folder and a collector, and screens in this process.
 */
#ifndef ANDON_TESTS_SITE_H
#define ANDON_TESTS_SITE_H

#include "check.h"

#include "app/client.h"
#include "app/process.h"
#include "app/protocol.h"
#include "broker/broker.h"
#include "io/clock.h"
#include "io/socket.h"

/* Of write_config(): takes the broker's URL and more tags for the press. */
extern const char plant_text[];
extern const char one_tag_more[];

struct site {
    struct broker broker;
    char folder[64], config_path[96], cache[96];
    struct paths paths;
    struct load_request load;
    struct config config;
    struct loop *loop;
    int tick;
    pid_t collector;
};

/* Turns the screens' loop until it is so. */
#define wait_until(site, condition)                                                                                     \
    do {                                                                                                                \
        int64_t until_ = clock_monotonic_ms() + PATIENCE_MS;                                                            \
        while (!(condition)) {                                                                                          \
            if (clock_monotonic_ms() > until_)                                                                          \
                fail_msg("waited in vain for %s", #condition);                                                          \
            turn(site);                                                                                                 \
        }                                                                                                               \
    } while (0)

void write_config(const struct site *s, const char *path, const char *format, const char *extra);
void read_config(const char *path, struct config *config);
pid_t start_collector(const struct site *s, const char *log, const char *clock_topic);
void turn(struct site *s);
bool listens(const struct site *s);
struct client *attach(struct site *s, const struct load_request *load);
const struct model *model_of(struct client *client);
const struct health *health_of_collector(struct client *client);
uint64_t samples(struct client *client);
bool link_is_up(struct client *client);
void publish(const struct site *s, unsigned count, size_t padding);
struct channel raw_connect(const struct site *s);
void raw_hello(struct channel *c, uint64_t config_id, uint32_t protocol);
bool raw_wait(struct channel *c, uint8_t wanted, const uint8_t **body, size_t *length);
bool hung_up(struct channel *c);
bool same_state(const struct model *model, const uint8_t *run, size_t length);
void expect_equal_to_collector(struct site *s, struct client *client);
int site_make(void **state);
int site_remove(void **state);
void nothing(void *arg);

#define SITE_CASE(function) cmocka_unit_test_setup_teardown(function, site_make, site_remove)

#endif
