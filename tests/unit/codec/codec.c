#include "tests/unit/suite.h"

TCase *base64_case(void);
TCase *csv_case(void);
TCase *delimited_case(void);
TCase *json_case(void);
TCase *jsonl_case(void);
TCase *markdown_case(void);
TCase *number_case(void);
TCase *source_case(void);
TCase *unicode_case(void);
TCase *xml_case(void);
TCase *yaml_case(void);

static TCase *(*const cases[])(void) = {base64_case,  csv_case,      delimited_case, json_case,
                                        jsonl_case,   markdown_case, number_case,    source_case,
                                        unicode_case, xml_case,      yaml_case,      NULL};
const struct unit_suite unit_suite = {"codec", cases};
