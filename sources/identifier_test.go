package sources_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vehiclebatch/sources"
)

func TestCleanIdentifier(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"LSVAL41Z882104202", "LSVAL41Z882104202"},
		{" lsval41z882104202\t", "LSVAL41Z882104202"},
		{"ＬＳＶＡＬ４１Ｚ８８２１０４２０２", "LSVAL41Z882104202"},
		{"\u3000ad50eg081600062\u00a0", "AD50EG081600062"},
		{"\ufeffLSV\u200bAL41Z882104202\u202c", "LSVAL41Z882104202"},
		{"000123", "000123"},
		{"１.２Ｅ＋１６", "1.2E+16"},
		{"粤b12345", "粤B12345"},
		{"ab 12", "AB 12"},
	} {
		if got := sources.CleanIdentifier(tc.in); got != tc.want {
			t.Errorf("CleanIdentifier(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestCleaningIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := sources.CleanIdentifier(s)
		if twice := sources.CleanIdentifier(once); twice != once {
			t.Fatalf("CleanIdentifier(%q) = %q, again %q", s, once, twice)
		}
		plate := sources.CleanPlate(s)
		if twice := sources.CleanPlate(plate); twice != plate {
			t.Fatalf("CleanPlate(%q) = %q, again %q", s, plate, twice)
		}
	})
}

// Every character by itself, and after a letter with which it might combine. The planes 4 to 13 have none, and those
// from 15 on are for private use, one like the other.
func TestCleaningIsIdempotentForEveryCharacter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < 0xF0100; r++ {
		if r == 0x40000 {
			r = 0xE0000
		}
		for _, s := range []string{string(r), "j" + string(r), string(r) + "̈"} {
			once := sources.CleanIdentifier(s)
			if once == s {
				continue // again is the same call
			}
			if twice := sources.CleanIdentifier(once); twice != once {
				t.Fatalf("CleanIdentifier(%q) = %q, again %q", s, once, twice)
			}
		}
	}
}

func FuzzCleanIdentifier(f *testing.F) {
	for _, seed := range []string{"", "lsv", "粤b·12345", "ﬁ ￥", "\xff", "ǰ", "ŉ", "\u200b'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := sources.CleanIdentifier(s)
		if twice := sources.CleanIdentifier(once); twice != once {
			t.Fatalf("CleanIdentifier(%q) = %q, again %q", s, once, twice)
		}
		if strings.TrimSpace(once) != once || strings.ToUpper(once) != once {
			t.Fatalf("CleanIdentifier(%q) = %q is not trimmed and upper case", s, once)
		}
		plate := sources.CleanPlate(s)
		if twice := sources.CleanPlate(plate); twice != plate {
			t.Fatalf("CleanPlate(%q) = %q, again %q", s, plate, twice)
		}
		if code, err := sources.PlateType(plate); err != nil && code != "" && len(code) != 2 {
			t.Fatalf("PlateType(%q) = %q", plate, code)
		}
		if sources.CheckDigit(once) == nil && sources.CheckVIN(once) != nil {
			t.Fatalf("the check digit of %q is right, its structure is not", once)
		}
	})
}

func TestCheckVIN(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ vin, want string }{
		{"LSVAL41Z882104202", ""},
		{"LNBSCC3H8GF308384", ""}, // wapi 65/173
		{"LS5A2DKRXPA011111", ""}, // wapi 170/379
		{"", "has 0 characters"},
		{"LSVAL41Z88210420", "has 16 characters"},
		{"LSVAL41Z8821042021", "has 18 characters"},
		{"LSVAL41Z88210420O", "letter O"},
		{"LSVAL4IZ882104202", "letter I"},
		{"LQVAL41Z882104202", "letter Q"},
		{"LSVAL41Z8821-4202", "'-'"},
		{"LSVAL41Z8821 4202", "' '"},
		{"沪SVAL41Z882104202", "'沪'"},
		{"lsval41z882104202", "'l'"},
	} {
		checkError(t, "CheckVIN("+tc.vin+")", sources.CheckVIN(tc.vin), tc.want)
	}
}

func TestCheckDigit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ vin, want string }{
		{"11111111111111111", ""}, // the example of the standard's American sister
		{"1M8GDM9AXKP042788", ""},
		{"5GZCZ43D13S812715", ""},
		{"1M8GDM9A1KP042788", "is 1, it should be X"},
		{"LS5A2DKRXPA011111", "is X, it should be"}, // wapi 170/379: a made-up one
		{"short", "structure"},
	} {
		checkError(t, "CheckDigit("+tc.vin+")", sources.CheckDigit(tc.vin), tc.want)
	}
}

// Of the eleven values exactly one is right, and one wrong character anywhere
// else whose value differs is noticed.
func TestCheckDigitFindsOneWrongCharacter(t *testing.T) {
	t.Parallel()
	const chars = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
	rapid.Check(t, func(t *rapid.T) {
		vin := []byte(rapid.StringOfN(rapid.RuneFrom([]rune(chars)), 17, 17, -1).Draw(t, "vin"))
		right := 0
		for _, c := range []byte("0123456789X") {
			vin[8] = c
			if sources.CheckDigit(string(vin)) == nil {
				right++
			}
		}
		if right != 1 {
			t.Fatalf("%s has %d right check digits", vin, right)
		}
	})
}

func TestCheckExcel(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1.2E+16": "spreadsheet", "1E+05": "spreadsheet", "6.90123E-05": "spreadsheet",
		"########": "spreadsheet", "#N/A": "spreadsheet", "#VALUE!": "spreadsheet",
		"4E10": "", "EA211": "", "1.2E16": "", "#1": "", "": "",
	} {
		checkError(t, "CheckExcel("+s+")", sources.CheckExcel(s), want)
	}
}

// checkError wants no error for "", else one that holds want.
func checkError(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: unexpected error: %v", what, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: error %v, want one with %q", what, err, want)
	}
}
