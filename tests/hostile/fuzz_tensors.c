/* Files of tensors: .npz, .npy, .safetensors and JSON, to the last number. */
#include "fuzz.h"

#include "files/tensor_file.h"

enum { MOST_NUMBERS = 1 << 21 };

static void read_numbers(const struct tensor_file *file, const struct stored *stored)
{
    struct text why = {0};
    if (stored->defect || stored->count > MOST_NUMBERS)
        return;
    double *numbers = malloc(stored->count * sizeof *numbers + 1);
    int64_t *integers = malloc(stored->count * sizeof *integers + 1);
    REQUIRE(numbers && integers);
    if (!tensor_file_doubles(numbers, file, stored, &why))
        REQUIRE(why.size);
    text_clear(&why);
    if (!tensor_file_integers(integers, file, stored, &why))
        REQUIRE(why.size);
    text_free(&why);
    free(numbers);
    free(integers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text why = {0};
    struct tensor_file *file = tensor_file_read((const char *)data, size, &why);
    REQUIRE(file || why.size);
    size_t numbers = 0;
    for (size_t i = 0; file && i < tensor_file_count(file) && numbers < MOST_NUMBERS; i++) {
        const struct stored *stored = tensor_file_at(file, i);
        REQUIRE(tensor_file_find(file, stored->name) == stored);
        read_numbers(file, stored);
        numbers += stored->defect ? 0 : stored->count;
    }
    tensor_file_free(file);
    text_free(&why);
    return 0;
}
