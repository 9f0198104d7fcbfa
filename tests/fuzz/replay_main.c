/*
 * replay_main: runs a fuzzer on every file of the corpus folders in argv and prints TAP, so that whatever was once found
 * stays found, with any compiler.
 */
#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

enum { LARGEST = 4 << 20 };

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(LARGEST);
    size_t length = file && bytes ? fread(bytes, 1, LARGEST, file) : 0;
    bool ok = file && bytes && !ferror(file);
    uint8_t *exact = malloc(length ? length : 1); /* so that a byte read too far is seen */
    ok = ok && exact;
    if (ok) {
        memcpy(exact, bytes, length);
        LLVMFuzzerTestOneInput(exact, length);
    }
    if (file)
        fclose(file);
    free(bytes);
    free(exact);
    return ok;
}

int main(int argc, char **argv)
{
    int number = 0, failed = 0;
    for (int a = 1; a < argc; a++) {
        struct dirent **entries = NULL;
        int count = scandir(argv[a], &entries, no_dots, alphasort);
        if (count <= 0) {
            printf("not ok %d - %s holds no corpus\n", ++number, argv[a]);
            failed++;
        }
        for (int i = 0; i < count; i++) {
            bool ok = replay(argv[a], entries[i]->d_name);
            printf("%sok %d - %s\n", ok ? "" : "not ", ++number, entries[i]->d_name);
            fflush(stdout);
            failed += !ok;
            free(entries[i]);
        }
        free(entries);
    }
    printf("1..%d\n", number);
    return failed > 0;
}
