/*
 * man_tables: prints the tables that the man pages tell of, one row a line, fields by tabs, for test_man.py. It reads the
 * tables themselves, so that a page cannot be true to an old copy of them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "app/command.h"
#include "core/bounds.h"
#include "core/drop.h"
#include "core/outcome.h"
#include "core/plant.h"
#include "core/state.h"
#include "io/config.h"
#include "io/store_schema.h"
#include "views/view.h"
#include "widgets/widget.h"

static const char *const type_names[] = {
    [OPTION_BOOL] = "bool", [OPTION_INT] = "int", [OPTION_FLOAT] = "float", [OPTION_TEXT] = "text", [OPTION_NAME] = "name",
    [OPTION_NAMES] = "names", [OPTION_TEXT_INT] = "text_int", [OPTION_CHOICE] = "choice", [OPTION_DURATION] = "duration", [OPTION_SIZE] = "size",
    [OPTION_POINTER] = "pointer", [OPTION_TOPIC] = "topic", [OPTION_RANGE] = "range", [OPTION_TEXTS] = "texts", [OPTION_VALUES] = "values",
    [OPTION_GROUP] = "group", [OPTION_LIST] = "list",
};

static void print_keys(const char *view, const struct key_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("key\t%s\t%s\t%s\n", view, rows[i].key, rows[i].help);
}

static void print_view(const struct view *view)
{
    printf("view\t%s\n", view->name);
    print_keys(view->name, view->keys, view->key_count);
}

/* The cache's tables as they are made. */
static void print_schema(void)
{
    struct error err;
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_open(":memory:", &db) == SQLITE_OK && schema_make(db, &err) &&
        sqlite3_prepare_v2(db, "SELECT t.name, c.name, c.type FROM pragma_table_list t JOIN pragma_table_info(t.name) c WHERE t.schema='main' AND t.name NOT LIKE 'sqlite%'", -1, &stmt, NULL) == SQLITE_OK)
        while (sqlite3_step(stmt) == SQLITE_ROW)
            printf("column\t%s\t%s\t%s\n", (const char *)sqlite3_column_text(stmt, 0), (const char *)sqlite3_column_text(stmt, 1), (const char *)sqlite3_column_text(stmt, 2));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
}

int main(void)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *o = &option_table[i];
        printf("option\t%s\t%s\t%s\t%.17g\t%.17g\t%s\t%s\n", o->group, o->key, type_names[o->type], o->least, o->most, o->choices, o->preset);
    }
    for (int b = 0; b < BOUND_COUNT; b++) {
        const struct bound_row *row = &bound_table[b];
        printf("bound\t%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s\n", row->name, row->min, row->max, row->preset, row->unit);
    }
    for (int d = 0; d < DROP_COUNT; d++)
        printf("drop\t%s\t%s\n", drop_table[d].name, drop_table[d].title);
    for (int s = 0; s < PACK_STATE_COUNT; s++)
        printf("state\t%d\t%s\t%s\n", s, pack_state_table[s].name, state_class_table[pack_state_table[s].preset].name);
    for (int c = 0; c < CLASS_COUNT; c++)
        printf("class\t%s\t%s\t%s\n", state_class_table[c].name, state_class_table[c].word, state_class_table[c].glyph);
    for (size_t i = 0; i < command_count; i++)
        printf("command\t%s\t%s\n", command_table[i].name, command_table[i].argument);
    for (size_t i = 0; i < view_count; i++)
        print_view(view_registry[i]);
    for (int e = 0; e < EVENT_KIND_COUNT; e++)
        printf("event\t%s\n", event_table[e].name);
    print_schema();
    print_view(&faceplate_view);
    print_view(&why_view);
    print_view(&reasons_view);
    print_view(&calls_view);
    print_view(&backtest_view);
    print_view(&help_view);
    print_keys("everywhere", frame_keys, frame_key_count);
    return 0;
}
