package main

import (
	"bufio"
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

// vin is the VIN of the n-th vehicle, with its check digit.
func vin(n int) string {
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

// writeFleet writes n vehicles, no two of one valuation.
func writeFleet(path string, from, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "vin,plate,engine_no,model_id,city_id,first_registered,mileage_km,transfers,color,accident,appearance,interior,electrical,engine")
	for i := range n {
		fmt.Fprintf(w, "%s,沪A%05d,CUF%06d,10412,310100,2022-03,%d,0,1,0,1,0,0,0\n", vin(1000*from+i), 10000+i, 410000+i, 30000+100*i)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	return f.Close()
}
