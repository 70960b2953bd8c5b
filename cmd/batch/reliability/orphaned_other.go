//go:build !linux

package main

import "syscall"

func orphaned() *syscall.SysProcAttr { return nil }
