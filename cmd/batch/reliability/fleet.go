package main

import (
	"bufio"
	"fmt"

	"vehiclebatch/cmd/batch/harness"
)

// writeFleet writes n vehicles, no two of one valuation.
func writeFleet(path string, from, n int) error {
	return harness.WriteFile(path, func(w *bufio.Writer) error {
		fmt.Fprintln(w, "vin,plate,engine_no,model_id,city_id,first_registered,mileage_km,transfers,color,accident,appearance,interior,electrical,engine")
		for i := range n {
			fmt.Fprintf(w, "%s,沪A%05d,CUF%06d,10412,310100,2022-03,%d,0,1,0,1,0,0,0\n", harness.VIN(1000*from+i), 10000+i, 410000+i, 30000+100*i)
		}
		return nil
	})
}
