package inbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A mail's file is one line "X-Inbox: {JSON of Mail}" and then the mail, untouched. So there is one file to
// rename, other mail programs can open it, and a restart reads only the first line of each.
const (
	metaField     = "X-Inbox: "
	mailSuffix    = ".eml"
	partialSuffix = ".eml.part"
)

var errNotOurs = errors.New("not a mail that the inbox wrote")

func (in *Inbox) path(id string) string { return filepath.Join(in.dir, id+mailSuffix) }

// writeMail writes under another name first: a file with the final name is always whole.
func writeMail(path string, m Mail, raw []byte) error {
	meta, err := json.Marshal(m)
	if err != nil {
		return err
	}
	partial := strings.TrimSuffix(path, mailSuffix) + partialSuffix
	content := slices.Concat([]byte(metaField), meta, []byte("\r\n"), raw)
	if err = os.WriteFile(partial, content, 0o600); err == nil {
		err = os.Rename(partial, path)
	}
	if err != nil {
		_ = os.Remove(partial) // where that fails too, the next start does it
	}
	return err
}

// readRaw returns the mail as it came over the wire.
func readRaw(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	_, raw, ok := bytes.Cut(content, []byte("\r\n"))
	if !ok || !bytes.HasPrefix(content, []byte(metaField)) {
		return nil, fmt.Errorf("%s: %w", path, errNotOurs)
	}
	return raw, nil
}

// load fills the inbox from its folder. Partial files are of mails that never got their 250: they go.
func (in *Inbox) load() error {
	entries, err := os.ReadDir(in.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if path := filepath.Join(in.dir, e.Name()); strings.HasSuffix(path, partialSuffix) {
			in.log.Warn("inbox removes a mail that never fully arrived", "file", path, "error", os.Remove(path))
			continue
		}
		m, err := in.loadMail(e.Name())
		if err != nil {
			in.log.Warn("inbox leaves a file alone", "file", e.Name(), "error", err)
			continue
		}
		in.mails = append(in.mails, m)
	}
	slices.SortFunc(in.mails, byArrival)
	return nil
}

// loadMail reads the first line of a mail's file.
func (in *Inbox) loadMail(name string) (m Mail, err error) {
	id, _ := strings.CutSuffix(name, mailSuffix)
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil || name != id+mailSuffix {
		return m, errNotOurs
	}
	in.lastID = max(in.lastID, number) // even if it proves unreadable: it must not be overwritten
	f, err := os.Open(in.path(id))
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	meta, ok := bytes.CutPrefix(line, []byte(metaField))
	if err != nil || !ok {
		return m, errNotOurs
	}
	if err := json.Unmarshal(meta, &m); err != nil || m.ID != id {
		return m, errors.Join(errNotOurs, err)
	}
	return m, nil
}
