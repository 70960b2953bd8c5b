package harness

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// makers are the beginnings of VINs whose makers the simulator knows and whose
// reports need no engine number.
var makers = []string{"LSVAM418", "LFV3A23C", "LVSHCFAE", "LHGCV165", "LFMAP22C", "LVGBH40K"}

// weights are the weights of the places of a VIN, values those of the letters
// from A on (GB 16735); I, O and Q have none.
var weights = [...]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}

const values = "12345678.12345.7.923456789"

// VIN is the VIN of the n-th vehicle, with its check digit. The same n gives the same VIN.
func VIN(n int) string {
	text := []byte(makers[n%len(makers)] + fmt.Sprintf("0G2%06d", n))
	sum := 0
	for i, weight := range weights {
		c := text[i]
		if c >= 'A' {
			c = values[c-'A']
		}
		sum += int(c-'0') * weight
	}
	text[8] = "0123456789X"[sum%11]
	return string(text)
}

// WriteFile makes a file row by row: a measure itself has to stay small.
func WriteFile(path string, write func(w *bufio.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(write(w), w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("make a file: %w", err)
	}
	return nil
}
