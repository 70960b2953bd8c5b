package main

// maxrssUnit is the bytes in a unit of a process's peak memory, getrusage(2).
const maxrssUnit = 1 << 10
