//go:build !linux

package main

// maxrssUnit is the bytes in a unit of a process's peak memory, getrusage(2):
// of macOS.
const maxrssUnit = 1
