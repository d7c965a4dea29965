/* The built-in policy: every sentence of the protocol's transition criteria, approval criteria and
 * automated deployment, as the text of a gates.yaml. */
#ifndef MLTEST_CONFIG_GATES_DEFAULT_H
#define MLTEST_CONFIG_GATES_DEFAULT_H

extern const char mlt_gates_default[];

#endif
