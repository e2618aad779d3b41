package backup

import "strings"

// SetFault makes steps of durable writes fail: the smallest seam between us and the disk.
func (f *Folder) SetFault(fault func(step, name string) error) { f.disk.fault = fault }

// Encode is the text of a manifest.
func (m Manifest) Encode() ([]byte, error) { return m.encode() }

// DecodeManifest reads that text.
func DecodeManifest(text []byte) (Manifest, error) { return decodeManifest(text) }

// Line is how a list names a recording; ReadList reads a whole list.
func Line(digest, path string) string { return item{digest, path}.line() }

// ReadList reads a whole list of recordings: digest and path of each.
func ReadList(text string) (all [][2]string, err error) {
	list := newItems(strings.NewReader(text))
	for {
		i, err := list.next()
		if err != nil {
			return all, err
		}
		all = append(all, [2]string{i.digest, i.path})
	}
}
