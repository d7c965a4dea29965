#!/usr/bin/env python3
"""Prints harness/codec/number_powers.h: 128 bits of 5^q for q from -342 to 308, as Eisel-Lemire needs
them (D. Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51, 2021;
N. Mushtak, D. Lemire, "Fast number parsing without fallback", 2023): truncated for q >= 0, rounded up
for q < 0."""


def power(q):
    if q >= 0:
        c = 5**q
        shift = 128 - c.bit_length()
        return c << shift if shift >= 0 else c >> -shift
    five = 5**-q
    z = (five - 1).bit_length()
    c = 2 ** (z + 127 if q >= -27 else 2 * z + 128) // five + 1
    return c >> max(0, c.bit_length() - 128)


print("/* Made by build-aux/number-powers.py: the leading 128 bits of 5^q, -342 <= q <= 308, high word first. */")
print("#ifndef MLTEST_CODEC_NUMBER_POWERS_H")
print("#define MLTEST_CODEC_NUMBER_POWERS_H")
print()
print("#include <stdint.h>")
print()
print("/* clang-format off */")
print("static const uint64_t powers[][2] = {")
for q in range(-342, 309):
    c = power(q)
    print(f"    {{0x{c >> 64:016x}, 0x{c & (1 << 64) - 1:016x}}},")
print("};")
print()
print("#endif")
