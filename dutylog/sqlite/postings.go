package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"dutyline/dutylog"
)

// A place is an entry's number as the index keeps it: it grows with the years and within them,
// so that the newest come first when places fall.
const placesOfYear = 10_000_000

func placeOf(n dutylog.EntryNumber) int64 { return int64(n.Year)*placesOfYear + int64(n.Serial) }

// blockSize is how many places one row of the index speaks of: ten million entries are 153 blocks.
const blockSize = 1 << 16

// holders are the entries of a block that hold a token: a bit for each of its places.
type holders [blockSize / 64]uint64

func (m *holders) set(n uint16) { m[n/64] |= 1 << (n % 64) }

func (m *holders) and(o *holders) {
	for i := range m {
		m[i] &= o[i]
	}
}

// under clears all from n upwards.
func (m *holders) under(n int64) {
	clear(m[(n+63)/64:])
	if n%64 != 0 {
		m[n/64] &= 1<<(n%64) - 1
	}
}

// falling adds their places to a list, the highest first, until it has so many.
func (m *holders) falling(places []int64, block int64, most int) []int64 {
	for i := len(m) - 1; i >= 0; i-- {
		for word := m[i]; word != 0; {
			if len(places) == most {
				return places
			}
			high := bits.Len64(word) - 1
			places = append(places, block*blockSize+int64(i*64+high))
			word &^= 1 << high
		}
	}
	return places
}

// pack is how they are kept: two bytes for each while that is shorter than all the bits.
func (m *holders) pack() []byte {
	count := 0
	for _, word := range m {
		count += bits.OnesCount64(word)
	}
	packed := make([]byte, 0, min(2*count, blockSize/8))
	for i, word := range m {
		if 2*count >= blockSize/8 {
			packed = binary.LittleEndian.AppendUint64(packed, word)
			continue
		}
		for ; word != 0; word &= word - 1 {
			packed = binary.LittleEndian.AppendUint16(packed, uint16(i*64+bits.TrailingZeros64(word)))
		}
	}
	return packed
}

var errTorn = errors.New("a row of it is no list of places")

// unpack adds what pack kept.
func (m *holders) unpack(packed []byte) error {
	if len(packed) == blockSize/8 {
		for i := range m {
			m[i] |= binary.LittleEndian.Uint64(packed[8*i:])
		}
		return nil
	}
	if len(packed)%2 != 0 || len(packed) > blockSize/8 {
		return errTorn
	}
	for ; len(packed) > 0; packed = packed[2:] {
		m.set(binary.LittleEndian.Uint16(packed))
	}
	return nil
}

// mostTokens is how many of the tokens of a search the index is asked for; each is a table of a
// join. What it finds is read in any case, and must hold all the words.
const mostTokens = 16

// tokensOf are the tokens that the entries must have, the rarer kinds first: four digits, pairs,
// single characters.
func tokensOf(words []string) (tokens []string) {
	for _, w := range words {
		tokens = append(tokens, dutylog.LookedFor(w)...)
	}
	slices.Sort(tokens)
	tokens = slices.Compact(tokens)
	slices.SortStableFunc(tokens, func(a, b string) int { return len([]rune(b)) - len([]rune(a)) })
	return tokens[:min(len(tokens), mostTokens)]
}

// candidates are the next places under one at which all tokens are marked, and one of those of anyOf where there are
// some, falling; end says that there are none after them.
func (x *Index) candidates(ctx context.Context, tokens, anyOf []string, below int64, most int) (places []int64, end bool, err error) {
	args := []any{below / blockSize}
	for _, token := range slices.Concat(tokens, anyOf) {
		args = append(args, token)
	}
	rows, err := x.read.QueryContext(context.WithoutCancel(ctx), joinOf(len(tokens), len(anyOf)), args...)
	if err != nil {
		return nil, false, err
	}
	defer rows.Close()
	var block int64
	packed := make([]sql.RawBytes, len(tokens)+len(anyOf))
	columns := []any{&block}
	for i := range packed {
		columns = append(columns, &packed[i])
	}
	for rows.Next() && ctx.Err() == nil {
		if err := rows.Scan(columns...); err != nil {
			return nil, false, err
		}
		common, err := inAll(packed[:len(tokens)])
		if err == nil && len(anyOf) > 0 {
			err = common.inAny(packed[len(tokens):])
		}
		if err != nil {
			return nil, false, err
		}
		if block == below/blockSize {
			common.under(below % blockSize)
		}
		if places = common.falling(places, block, most); len(places) == most {
			return places, false, nil
		}
	}
	return places, true, errors.Join(rows.Err(), ctx.Err())
}

// joinOf asks for the blocks in which so many tokens are, the newest first, down from one; of so many others with
// the places in these blocks, where there are any.
func joinOf(tokens, anyOf int) string {
	columns, tables := "SELECT p0.block, p0.places", " FROM postings p0"
	for i := 1; i < tokens; i++ {
		columns += fmt.Sprintf(", p%d.places", i)
		tables += fmt.Sprintf(" CROSS JOIN postings p%d ON p%d.token = ?%d AND p%d.block = p0.block", i, i, i+2, i)
	}
	for i := range anyOf {
		columns += fmt.Sprintf(", (SELECT places FROM postings WHERE token = ?%d AND block = p0.block)", tokens+i+2)
	}
	return columns + tables + " WHERE p0.token = ?2 AND p0.block <= ?1 ORDER BY p0.block DESC"
}

// inAll are the entries that all of the lists name.
func inAll(packed []sql.RawBytes) (common holders, err error) {
	for i, p := range packed {
		var one holders
		if err := one.unpack(p); err != nil {
			return common, err
		}
		if i == 0 {
			common = one
		} else {
			common.and(&one)
		}
	}
	return common, nil
}

// inAny leaves the entries that one of the lists names.
func (m *holders) inAny(packed []sql.RawBytes) error {
	var named holders
	for _, p := range packed {
		if err := named.unpack(p); err != nil {
			return err
		}
	}
	m.and(&named)
	return nil
}

// writePostings marks the tokens of changed entries. What an entry does not hold any more stays
// marked until the index is made anew: a search reads what it finds.
func writePostings(stop context.Context, tx *sql.Tx, texts []changed) error {
	ctx := context.WithoutCancel(stop) // one that can end costs every statement a goroutine
	var m marker
	for text, s := range map[string]**sql.Stmt{"SELECT id, places FROM postings WHERE token = ? AND block = ?": &m.read,
		"UPDATE postings SET places = ? WHERE id = ?": &m.change, "INSERT INTO postings (token, block, places) VALUES (?, ?, ?)": &m.add} {
		var err error
		if *s, err = tx.PrepareContext(ctx, text); err != nil {
			return err
		}
		defer (*s).Close()
	}
	for len(texts) > 0 {
		block := texts[0].place / blockSize
		n, _ := slices.BinarySearchFunc(texts, (block+1)*blockSize, func(c changed, place int64) int { return int(c.place - place) })
		lists := tokensOfBlock(texts[:n])
		for _, token := range slices.Sorted(maps.Keys(lists)) {
			if stop.Err() != nil {
				return stop.Err()
			}
			if err := m.mark(ctx, token, block, *lists[token]); err != nil {
				return err
			}
		}
		texts = texts[n:]
	}
	return nil
}

// marker has the statements that write the index's rows.
type marker struct{ read, change, add *sql.Stmt }

// mark says that a token is at some more places of a block.
func (s marker) mark(ctx context.Context, token string, block int64, places []uint16) error {
	var id int64
	var before []byte
	var m holders
	err := s.read.QueryRowContext(ctx, token, block).Scan(&id, &before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := m.unpack(before); err != nil {
		return err
	}
	for _, place := range places {
		m.set(place)
	}
	after := m.pack()
	switch {
	case bytes.Equal(before, after):
		return nil
	case id == 0:
		_, err = s.add.ExecContext(ctx, token, block, after)
	default:
		_, err = s.change.ExecContext(ctx, after, id)
	}
	return err
}

// tokensOfBlock are the tokens of entries of one block, each with the entries' places in it.
func tokensOfBlock(texts []changed) map[string]*[]uint16 {
	lists := map[string]*[]uint16{}
	for _, c := range texts {
		place := uint16(c.place % blockSize)
		for token := range dutylog.SearchTokens(c.text) {
			list := lists[token]
			if list == nil {
				list = new([]uint16)
				lists[strings.Clone(token)] = list // a piece would keep the whole text
			}
			if n := len(*list); n == 0 || (*list)[n-1] != place {
				*list = append(*list, place)
			}
		}
	}
	return lists
}
