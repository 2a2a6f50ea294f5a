package table

import "github.com/otlog/otlog/internal/secretkey"

// KeepSecrets names the columns that have no key, but whose name is that of a secret: without it, what shows
// the record could not know that the cell is one. cells are the header.
func KeepSecrets(names []string, cells [][]byte) []string {
	for i, name := range names {
		if name == "" {
			if key := secretkey.Of(string(cells[i])); key.IsSecrets() {
				names[i] = key.String()
			}
		}
	}
	return names
}
