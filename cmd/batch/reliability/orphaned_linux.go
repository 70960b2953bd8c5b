package main

import "syscall"

// orphaned makes the kernel end a process when this one dies.
func orphaned() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
