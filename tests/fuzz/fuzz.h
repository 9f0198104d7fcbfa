/*
 * fuzz: what every fuzzer includes. A fuzzer is one file fuzz_NAME.c with the entry that libFuzzer calls; without libFuzzer,
 * replay_main.c feeds it every file of corpus/NAME. A broken promise ends the process.
 */
#ifndef ANDON_TESTS_FUZZ_H
#define ANDON_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(condition)                                                                                              \
    do {                                                                                                                \
        if (!(condition)) {                                                                                             \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                    \
        }                                                                                                               \
    } while (0)

#endif
