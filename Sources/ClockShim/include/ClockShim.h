// A library for LD_PRELOAD: the process reads the clock of a ClockPage, and its waits with a time limit wait for that.
// It has nothing to be called.

#ifndef CLOCK_SHIM_H
#define CLOCK_SHIM_H
#endif
