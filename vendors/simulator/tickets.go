package simulator

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"
	"time"
)

// ticketKey is what a ticket says, encrypted: VIN, second of the order, whether
// an engine number came with it. A simulator that is started again with the same
// seed so knows the orders of the one before, as a vendor would.
type ticketKey [16]byte

const (
	vinLength   = 17
	vinAlphabet = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ" // 33 letters: 17 of them fit 86 bits

	hiVINBits   = 22
	secondsBits = 24 // seconds wrap after 194 days
	secondsMask = 1<<secondsBits - 1
	engineShift = hiVINBits + secondsBits
	againShift  = engineShift + 1
	againBits   = 3
	checkShift  = againShift + againBits // what is above must be zero
)

func newTicketCipher(seed uint64, vendor string) cipher.Block {
	c := newChance(seed, "ticket", vendor)
	var key [16]byte
	binary.BigEndian.PutUint64(key[:8], c.next())
	binary.BigEndian.PutUint64(key[8:], c.next())
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 16 bytes are a good key
	}
	return block
}

// sealTicket makes the key of the again-th order (0 to 7) of the VIN within a
// second. It is not ok for a VIN that does not fit: wrong length or letters.
func sealTicket(block cipher.Block, vin string, second int64, engine bool, again int) (k ticketKey, ok bool) {
	hi, lo, ok := packVIN(vin)
	if !ok {
		return k, false
	}
	hi |= uint64(second&secondsMask)<<hiVINBits | uint64(again)<<againShift
	if engine {
		hi |= 1 << engineShift
	}
	binary.BigEndian.PutUint64(k[:8], hi)
	binary.BigEndian.PutUint64(k[8:], lo)
	block.Encrypt(k[:], k[:])
	return k, true
}

// openTicket reads a key that this or an earlier simulator sealed. The moment
// is the last one before now that the ticket may mean.
func openTicket(block cipher.Block, k ticketKey, now time.Time) (vin string, at time.Time, engine, ok bool) {
	block.Decrypt(k[:], k[:])
	hi, lo := binary.BigEndian.Uint64(k[:8]), binary.BigEndian.Uint64(k[8:])
	if hi>>checkShift != 0 {
		return "", at, false, false
	}
	vin, ok = unpackVIN(hi&(1<<hiVINBits-1), lo)
	ago := (now.Unix() - int64(hi>>hiVINBits)) & secondsMask
	return vin, time.Unix(now.Unix()-ago, 0), hi>>engineShift&1 == 1, ok
}

func packVIN(vin string) (hi, lo uint64, ok bool) {
	if len(vin) != vinLength {
		return 0, 0, false
	}
	for i := range vinLength {
		digit := strings.IndexByte(vinAlphabet, vin[i])
		if digit < 0 {
			return 0, 0, false
		}
		over, low := bits.Mul64(lo, uint64(len(vinAlphabet)))
		low, carry := bits.Add64(low, uint64(digit), 0)
		hi, lo = hi*uint64(len(vinAlphabet))+over+carry, low
	}
	return hi, lo, true
}

func unpackVIN(hi, lo uint64) (string, bool) {
	var vin [vinLength]byte
	for i := vinLength - 1; i >= 0; i-- {
		var digit uint64
		base := uint64(len(vinAlphabet))
		high := hi / base
		lo, digit = bits.Div64(hi%base, lo, base)
		hi, vin[i] = high, vinAlphabet[digit]
	}
	return string(vin[:]), hi == 0 && lo == 0
}

// formatTicket writes a key as the vendor writes its tickets: 32 hexadecimal
// digits, or for jumdata 32 letters and digits of both cases.
func formatTicket(vendor uint8, k ticketKey) string {
	var text [32]byte
	hex.Encode(text[:], k[:])
	if vendor == jumdataNo {
		for i, c := range text {
			text[i] = jumdataLetters[hexValue(c)+16*int(k[(i*7)%16]>>(i%8)%3)]
		}
	}
	return string(text[:])
}

// jumdataLetters are three letters for each hexadecimal digit: 48 different ones.
const jumdataLetters = "f39MnWCroE1iJ65pgjHkLqRsTuVwXyZaB2dF4hK7mN8PbQtS"

func parseTicket(vendor uint8, text string) (k ticketKey, ok bool) {
	if len(text) != 32 {
		return k, false
	}
	for i := range len(text) {
		v := ticketDigit(vendor, text[i])
		if v < 0 {
			return k, false
		}
		k[i/2] = k[i/2]<<4 | byte(v)
	}
	return k, formatTicket(vendor, k) == text
}

func ticketDigit(vendor uint8, c byte) int {
	if vendor == jumdataNo {
		at := strings.IndexByte(jumdataLetters, c)
		if at < 0 {
			return -1
		}
		return at % 16
	}
	if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
		return hexValue(c)
	}
	return -1
}

func hexValue(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'a') + 10
}
