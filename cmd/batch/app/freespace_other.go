//go:build !linux

package app

func freeSpace(string) (int64, bool) { return 0, false }
