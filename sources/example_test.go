package sources_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"vehiclebatch/sources"
)

func ExampleOpenCSV() {
	file := strings.NewReader("车架号（VIN）;车牌号;备注\nlsval41z882104202;粤B·D12345;自用\nLSVAL41Z8821O4202;粤B12345;\n")
	vehicles, err := sources.OpenCSV(file, "fleet.csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	info := vehicles.Info()
	fmt.Printf("%s, delimiter %q, ignored %q\n", info.Encoding, info.Delimiter, info.Ignored)
	for {
		v, err := vehicles.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(v.Row, v.VIN, v.Plate, v.PlateType)
		for _, f := range v.Faults {
			fmt.Printf("  %s: %s\n", f.Column, f.Reason)
		}
	}
	// Output:
	// UTF-8, delimiter ';', ignored ["备注"]
	// 1 LSVAL41Z882104202 粤BD12345 52
	// 2 LSVAL41Z8821O4202 粤B12345 02
	//   vin: the VIN holds the letter O; a VIN has no I, O or Q (1 or 0?)
}
