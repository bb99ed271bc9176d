package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// WriteObject appends a row as a JSON object with its columns in their order.
func WriteObject(buf []byte, names []string, row Row) ([]byte, error) {
	buf = append(buf, '{')
	for i, name := range names {
		buf = append(buf, comma(nil, i)...)
		buf = fmt.Appendf(buf, "%q:", name)
		value := row[i]
		if w, ok := value.(state); ok {
			value = string(w)
		}
		b, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", name, err)
		}
		buf = append(buf, b...)
	}
	return append(buf, '}'), nil
}

// writeArray writes rows as an array of objects, a line each.
func writeArray(w *bufio.Writer, names []string, rows iter.Seq2[Row, error]) error {
	if err := w.WriteByte('['); err != nil {
		return err
	}
	buf, n := []byte(nil), 0
	for row, err := range rows {
		if err != nil {
			return err
		}
		buf = buf[:0]
		if n > 0 {
			buf = append(buf, ',')
		}
		n++
		if buf, err = WriteObject(append(buf, '\n'), names, row); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	_, err := w.WriteString("\n]")
	return err
}

// writeJSON writes tables as one object: what it is made from under "about", and under
// each table's name its rows.
func writeJSON(to io.Writer, about About, tables []Table, rows func(Table) iter.Seq2[Row, error]) error {
	w := bufio.NewWriterSize(to, flushAt)
	head, err := json.Marshal(about)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "{\"about\":%s", head); err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := fmt.Fprintf(w, ",\n%q:", t.Name); err != nil {
			return err
		}
		if err := writeArray(w, t.Names(), rows(t)); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if _, err := w.WriteString("}\n"); err != nil {
		return err
	}
	return w.Flush()
}
