/* What number.c and number_column.c share. */
#ifndef MLTEST_CODEC_NUMBER_PART_H
#define MLTEST_CODEC_NUMBER_PART_H

/* A shuffle for sixteen bytes: row p removes byte p by moving those in front of it one up; row 16
 * moves nothing. */
extern const unsigned char mlt_number_without[17][16];

#endif
