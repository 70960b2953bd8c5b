package sources_test

import (
	"strings"
	"testing"

	"vehiclebatch/sources"
)

func TestColumnsThatHoldSomethingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, err, said string }{
		{"plates as types", "vin,Plate (Type)\n" + goodVIN + ",沪A1B234\n" + otherVIN + ",粤B12345\n", `the column "Plate (Type)" is read as plate_type, but it holds what looks like plates: rename its header to plate`, ""},
		{"plates as types, with plates", "车架号,车牌号,号牌种类\n" + goodVIN + ",沪A1B234,沪A1B234\n", "", ""}, // a fault of its row
		{"VINs as models", "plate,model_id\n沪A1B234," + goodVIN + "\n", "holds what looks like VINs", ""},
		{"VINs as engines, with VINs", "vin,plate,engine\n" + goodVIN + ",沪A1B234," + goodVIN + "\n" + otherVIN + ",沪A1B235," + otherVIN + "\n", "", `column "engine" is read as engine, a code`},
		{"types", "vin,Plate (Type)\n" + goodVIN + ",02\n", "", ""},
		{"engine numbers", "vin,engine\n" + goodVIN + ",00123\n" + otherVIN + ",DBF208817\n", "", `column "engine" is read as engine, a code from 0 to 4, and most of its first values are none: name it engine_no`},
		{"names of colours", "vin,color\n" + goodVIN + ",珍珠白\n" + otherVIN + ",曜石黑\n", "", `column "color" is read as color, a code from 0 to 12`},
		{"codes", "vin,engine,color\n" + goodVIN + ",1,白色\n" + otherVIN + ",x,\n" + goodVIN + ",0,\n", "", ""},
		{"plates alone where one is a plate", "vin,车型编号\n" + goodVIN + ",10400\n" + otherVIN + ",沪A1B234\n" + goodVIN + ",10400\n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, err := sources.OpenCSV(strings.NewReader(c.text), "fleet.csv")
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("%v, want %q", err, c.err)
			}
			if err != nil {
				return
			}
			notes := strings.Join(file.Info().Notes, "\n")
			if !strings.Contains(notes, c.said) || c.said == "" && strings.Contains(notes, "most of its first values") {
				t.Errorf("%s, want %q", notes, c.said)
			}
		})
	}
}
