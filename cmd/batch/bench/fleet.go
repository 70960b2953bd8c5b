package main

import (
	"bufio"
	"fmt"
	"os"
)

// makers are the beginnings of VINs whose makers the simulator knows and whose
// reports need no engine number.
var makers = []string{"LSVAM418", "LFV3A23C", "LVSHCFAE", "LHGCV165", "LFMAP22C", "LVGBH40K"}

// vin is the VIN of the n-th vehicle, with the check digit of GB 16735. The
// same n gives the same VIN.
func vin(n int) string {
	head, tail := makers[n%len(makers)], fmt.Sprintf("G2%06d", n)
	return head + string(checkDigit(head+"0"+tail)) + tail
}

// vinWeights are the weights of the places of a VIN; the check digit's own is 0.
var vinWeights = [...]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

// vinValues are the values of the letters from A on; I, O and Q have none.
const vinValues = "12345678.12345.7.923456789"

func checkDigit(vin string) byte {
	sum := 0
	for i, weight := range vinWeights {
		c := vin[i]
		if c >= 'A' {
			c = vinValues[c-'A']
		}
		sum += int(c-'0') * weight
	}
	return "0123456789X"[sum%11]
}

// writeFleet writes a file of n vehicles, row by row: the benchmark itself has
// to stay small, see exited.
func writeFleet(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "vin")
	for i := range n {
		fmt.Fprintln(w, vin(i))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	return f.Close()
}
