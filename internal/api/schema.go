package api

import (
	"reflect"
	"strings"
	"time"

	"gongkai/internal/report"
)

// schemaOf is the JSON Schema of a type by its json tags; a schema tag names the kinds
// that a field of type any may have.
func schemaOf[T any]() map[string]any { return schemaFor(reflect.TypeFor[T](), "") }

func schemaFor(t reflect.Type, tag string) map[string]any {
	switch {
	case tag != "":
		return columnSchema(tag)
	case t == reflect.TypeFor[report.Amount]():
		return map[string]any{"type": "number"}
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Struct:
		return objectSchema(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaFor(t.Elem(), "")}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.String:
		return map[string]any{"type": "string"}
	}
	return map[string]any{}
}

func objectSchema(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		properties[name] = schemaFor(f.Type, f.Tag.Get("schema"))
		required = append(required, name)
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
