#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/topic.h"
#include "io/config_reader.h"
#include "io/mqtt_private.h"

/* What is not the plant's own: its brokers, the bounds and the settings of the program. Files named for a broker are looked for
 * beside the file that names them, as includes are. */

enum { MOST_BROKERS = 100, MOST_FILTERS = 1000 };

/* The library checks the certificate against the host that it connects to, and cannot be given another name. */
static void check_server_name(struct reader *r, setting_t *s, const struct plant_broker *broker)
{
    struct mqtt_url url;
    if (*broker->server_name && mqtt_url_read(broker->url, &url, NULL) && url.tls && strcmp(broker->server_name, url.host) != 0)
        complain(r, s, "the certificate is checked against the host of the address, %s, and paho-mqtt-c 1.3.12 cannot check another name: "
            "write the certificate's name into url, or leave this out", url.host);
}

bool broker_url_valid(const char *url, struct error *err)
{
    struct mqtt_url read;
    return mqtt_url_read(url, &read, err);
}

static const char *file_beside(struct reader *r, const struct fields *f, const char *key)
{
    size_t file;
    int line;
    setting_t *s = field(f, key);
    if (!s || !*setting_text(s))
        return "";
    flat_locate(&r->flat, (int)s->line, &file, &line);
    char *path = path_beside(r->bundle->files[file].name, setting_text(s), strlen(setting_text(s)));
    const char *kept = plant_keep_text(&r->build, path);
    free(path);
    return kept;
}

/* The filters; *count of them, to free(). */
static const char **read_filters(struct reader *r, const struct fields *f, size_t *count)
{
    setting_t *s = field(f, "subscribe");
    bool one = s && s->type == CONFIG_TYPE_STRING;
    int n = !s ? 0 : one ? 1 : config_setting_length(s);
    const char **filters = mem_zero((size_t)n, sizeof *filters);
    *count = 0;
    if (n > MOST_FILTERS) {
        complain(r, s, "%d filters; %d are allowed", n, MOST_FILTERS);
        return filters;
    }
    for (int i = 0; i < n; i++) {
        const char *filter = setting_text(one ? s : config_setting_get_elem(s, (unsigned)i));
        if (!topic_filter_valid(filter))
            complain(r, s, "\"%s\" is not a topic filter: + and # stand alone between slashes, # last", filter);
        filters[(*count)++] = filter;
    }
    return filters;
}

static void check_broker(struct reader *r, const struct fields *f, const struct plant_broker *broker)
{
    struct error err;
    if (field_required(r, f, "url") && !broker_url_valid(broker->url, &err))
        complain(r, field(f, "url"), "%s", err.text);
    if (!r->bundle->broker)
        check_server_name(r, field(f, "server_name"), broker);
    if (*broker->password_file && *broker->password_env)
        complain(r, field(f, "password_env"), "the password is either in a file or in the environment: leave one of the two out");
    if (!*broker->cert != !*broker->key)
        complain(r, field(f, *broker->cert ? "cert" : "key"), "\"cert\" and \"key\" belong together: the other one is missing");
    static const char *const tls[] = {"ca", "cert", "key", "server_name", "verify"};
    for (size_t i = 0; i < sizeof tls / sizeof tls[0]; i++)
        if (field(f, tls[i]) && strncmp(broker->url, "mqtt://", 7) == 0)
            warn(r, field(f, tls[i]), "has no effect with mqtt://; an encrypted connection is mqtts://");
}

static void read_broker(struct reader *r, setting_t *s)
{
    static const uint8_t versions[] = {5, 4, 4, 4}; /* of the choices 5|3.1.1|3|4 */
    struct fields f;
    const struct name_entry *earlier;
    char also[PATH_MOST];
    fields_read(r, s, "brokers", &f);
    struct plant_broker broker = {.name = field_text(&f, "name"), .url = field_text(&f, "url"), .ca = file_beside(r, &f, "ca"),
        .cert = file_beside(r, &f, "cert"), .key = file_beside(r, &f, "key"), .user = field_text(&f, "user"),
        .password_file = file_beside(r, &f, "password_file"), .password_env = field_text(&f, "password_env"),
        .client_id = field_text(&f, "client_id"), .server_name = field_text(&f, "server_name"), .verify = field_bool(&f, "verify"),
        .version = versions[field(&f, "version") ? field_choice(&f, "version") : 0], .qos = (uint8_t)field_integer(&f, "qos"),
        .encoding = read_encoding(r, &f), .session_messages = (uint32_t)field_integer(&f, "session_messages"),
        .keepalive_ms = field_duration(&f, "keepalive"), .connect_timeout_ms = field_duration(&f, "connect_timeout"),
        .backoff_max_ms = field_duration(&f, "backoff_max")};
    if (broker.qos > 0 && (broker.version >= 5 || field(&f, "session"))) /* a broker keeps one of 3.1.1 for ever: that must be wanted */
        broker.session_ms = field_duration(&f, "session");
    check_broker(r, &f, &broker);
    if (!field_required(r, &f, "name"))
        return;
    if (r->build.plant->broker_count >= MOST_BROKERS) {
        complain(r, s, "one broker too many; %d are allowed", MOST_BROKERS);
        return;
    }
    if (!names_add(&r->broker_names, NULL, broker.name, s, entry_value(r->build.plant->broker_count), &earlier)) {
        complain(r, field(&f, "name"), "\"%s\" is there twice; also at %s", broker.name, place(r, earlier->where, also));
        return;
    }
    const char **filters = read_filters(r, &f, &broker.subscribe_count);
    broker.subscribe = filters;
    plant_add_broker(&r->build, broker);
    free(filters);
    r->broker_availabilities = mem_grow(r->broker_availabilities, r->broker_availability_count, &r->broker_availability_capacity, sizeof *r->broker_availabilities);
    read_availability(r, &f, &r->broker_availabilities[r->broker_availability_count++]);
}

/* --broker stands above the files. */
static void override_broker(struct reader *r, setting_t *brokers)
{
    struct plant *plant = r->build.plant;
    if (plant->broker_count > 1) {
        complain(r, brokers, "with --broker there may be one broker at most; here are %zu", plant->broker_count);
    } else if (plant->broker_count == 1) {
        plant->brokers[0].url = plant_keep_text(&r->build, r->bundle->broker);
        check_server_name(r, brokers, &plant->brokers[0]);
    } else {
        names_add(&r->broker_names, NULL, "main", NULL, entry_value(0), NULL);
        plant_add_broker(&r->build, (struct plant_broker){.name = "main", .url = r->bundle->broker, .verify = true});
    }
}

void read_brokers(struct reader *r, const struct fields *root)
{
    read_each(r, root, "brokers", read_broker);
    if (r->bundle->broker)
        override_broker(r, field(root, "brokers"));
}

static void read_bounds(struct reader *r, setting_t *s)
{
    struct fields f;
    fields_read(r, s, "bounds", &f);
    for (int b = 0; b < BOUND_COUNT; b++) {
        const struct bound_row *row = &bound_table[b];
        if (!field(&f, row->name))
            continue;
        int64_t v = field_integer(&f, row->name);
        if (v < row->min || v > row->max)
            complain(r, field(&f, row->name), "%lld is not an integer from %lld to %lld%s%s", (long long)v, (long long)row->min,
                (long long)row->max, *row->unit ? " " : "", row->unit);
        r->build.plant->bounds.limit[b] = v;
    }
}

static void copy_text(const struct fields *f, const char *key, const char *preset, char *out, size_t cap)
{
    snprintf(out, cap, "%s", field(f, key) ? field_text(f, key) : preset);
}

/* "forever" reads as -1. */
static int64_t keep_of(const struct fields *f, const char *key)
{
    int64_t ms = field_duration(f, key);
    return ms > 0 ? ms : 0;
}

static void read_store(struct reader *r, setting_t *group, struct store_settings *s)
{
    struct fields f;
    fields_read(r, group, "store", &f);
    s->keep_ms = keep_of(&f, "keep");
    s->keep_events_ms = keep_of(&f, "keep_events");
    s->size_most = field_size(&f, "size");
    s->flush_ms = field_duration(&f, "flush");
}

void read_settings(struct reader *r, const struct fields *root)
{
    struct fields f;
    struct settings *s = &r->settings;
    fields_read(r, field(root, "screen"), "screen", &f);
    copy_text(&f, "theme", "dark", s->theme, sizeof s->theme);
    copy_text(&f, "glyphs", "wgl4", s->glyphs, sizeof s->glyphs);
    copy_text(&f, "view", "overview", s->view, sizeof s->view);
    s->ambiguous_wide = field_bool(&f, "ambiguous_wide");
    s->linger_ms = field_duration(&f, "linger");
    s->frame_ms = field_duration(&f, "frame");
    s->bell = field_bool(&f, "bell");
    read_bounds(r, field(root, "bounds"));
    read_store(r, field(root, "store"), &s->store);
}
