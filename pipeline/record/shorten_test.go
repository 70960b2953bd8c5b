package record_test

import (
	"testing"

	"vehiclebatch/pipeline/record"
)

func TestShorten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"LSVAM4187C2184841":                         "LSV…4841",
		"the report is of lsvam4187c2184841, asked": "the report is of lsv…4841, asked",
		"车架号LSVAM4187C2184841有误":                    "车架号LSV…4841有误",
		"粤B12345":                                   "粤B…45",
		"粤B·12345 and 沪AD12345":                     "粤B…45 and 沪A…45",
		"粤Z1234港, 使224578, 京A0862警":                 "粤Z…4港, 使2…78, 京A…2警",
		"run 20261122T032027Z-83071b of fleet.csv":  "run 20261122T032027Z-83071b of fleet.csv",
		"83071b8de19c1df0b2a1ea1a5ab2a0a0a9f1d1c2":  "83071b8de19c1df0b2a1ea1a5ab2a0a0a9f1d1c2",
		"UNCHARACTERSTABLE":                         "UNCHARACTERSTABLE",
		"新的密钥":                                      "新的密钥",
		"":                                          "",
	} {
		got := record.Shorten(in)
		if got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if again := record.Shorten(got); again != got {
			t.Errorf("%q became %q the second time", got, again)
		}
	}
}
