package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"gongkai/internal/notify"
	"gongkai/internal/standard"
)

// settings are what an operator decides. A flag overrides the environment
// (GONGKAI_DB for db), which overrides the settings file, which overrides the
// defaults. A key that no setting has is an error: a misspelt key would be a
// default that nobody chose.
type settings struct {
	Config   string   `yaml:"-"`
	DB       string   `yaml:"db"`       // SQLite file; created where missing, its folder is not
	Archive  string   `yaml:"archive"`  // folder of the originals, or s3://…
	Portals  string   `yaml:"portals"`  // folder of portal files; "" for those in the program
	Addr     string   `yaml:"addr"`     // address to serve on
	Contact  string   `yaml:"contact"`  // address in the user agent, so that a portal's operator can write
	Schedule []string `yaml:"schedule"` // five cron fields in China's time, in place of the portals' own schedules

	Limits documentLimits  `yaml:"limits"`
	Worker workerSettings  `yaml:"worker"`
	Backup backupSettings  `yaml:"backup"`
	Bundle bundleSettings  `yaml:"bundle"`
	Notify notify.Settings `yaml:"notify"`
	Log    logSettings     `yaml:"log"`
	Access accessSettings  `yaml:"access"`

	Exports exportSettings `yaml:"exports"`
	API     apiSettings    `yaml:"api"`
	// Thresholds of the rules are in place of the catalogue's: year.jump.ratio: 6.
	Thresholds standard.Thresholds `yaml:"thresholds"`

	Proxies []proxy `yaml:"proxies"` // in front of the dashboard; nobody else says who the client is
}

// logSettings are what a service says of itself on standard error.
type logSettings struct {
	Level  slog.Level `yaml:"level"`  // debug (every request), info, warn, error
	Format string     `yaml:"format"` // text or json
}

// fromEnvironment overrides the file, and says what is wrong.
func (l *logSettings) fromEnvironment() error {
	if level := os.Getenv("GONGKAI_LOG_LEVEL"); level != "" {
		if err := l.Level.UnmarshalText([]byte(level)); err != nil {
			return fmt.Errorf("GONGKAI_LOG_LEVEL %q; want debug, info, warn or error", level)
		}
	}
	if format := os.Getenv("GONGKAI_LOG_FORMAT"); format != "" {
		l.Format = format
	}
	if l.Format != "" && l.Format != "text" && l.Format != "json" {
		return fmt.Errorf("log.format %q; want text or json", l.Format)
	}
	return nil
}

// defaults are in force where nothing else is said.
func defaults() settings {
	return settings{DB: "gongkai.db", Archive: "gongkai-archive", Addr: "127.0.0.1:8080", Backup: defaultBackups(), Worker: workerSettings{Portals: 8}, Exports: defaultExports()}
}

// addStore adds the flags of commands that open the database and the archive.
func (s *settings) addStore(f *pflag.FlagSet) {
	d := defaults()
	f.StringVar(&s.DB, "db", d.DB, "database file, whose folder must exist, or postgres://… address")
	f.StringVar(&s.Archive, "archive", d.Archive, "folder of the archived originals, or s3://HOST/BUCKET/PREFIX")
}

// addPortals adds the flags of commands that read portals.
func (s *settings) addPortals(f *pflag.FlagSet) {
	f.StringVar(&s.Portals, "portals", "", "folder of portal files (default: those in the program)")
	f.StringVar(&s.Contact, "contact", "", "mail or web address that the user agent names")
}

// load fills the settings that no flag has set, from the environment and the file.
func (s *settings) load(flags *pflag.FlagSet) error {
	file, err := readSettings(s.Config)
	if err != nil {
		return err
	}
	values := map[string]struct{ to, from *string }{
		"db": {&s.DB, &file.DB}, "archive": {&s.Archive, &file.Archive}, "portals": {&s.Portals, &file.Portals},
		"addr": {&s.Addr, &file.Addr}, "contact": {&s.Contact, &file.Contact},
	}
	for name, v := range values {
		if flags.Changed(name) {
			continue
		}
		if env, ok := os.LookupEnv("GONGKAI_" + strings.ToUpper(name)); ok {
			*v.to = env
		} else {
			*v.to = *v.from
		}
	}
	s.Schedule = file.Schedule
	if env := os.Getenv("GONGKAI_SCHEDULE"); env != "" {
		s.Schedule = strings.Split(env, ";")
	}
	s.Limits = file.Limits
	if !flags.Changed("at-once") {
		s.Worker = file.Worker
	}
	s.Backup, s.Log, s.Access, s.Bundle, s.Notify = file.Backup, file.Log, file.Access, file.Bundle, file.Notify
	s.Exports, s.API, s.Proxies = file.Exports, file.API, file.Proxies
	err = errors.Join(s.Limits.fromEnvironment(), s.Backup.complete(), s.Worker.complete(), s.Bundle.complete(), s.Notify.Complete(), s.Log.fromEnvironment(), s.Exports.complete(), s.API.complete(), s.Access.complete(), s.takeThresholds(file.Thresholds))
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// usualSettings are the files that are read where none is named, the first that is
// there: that of the working folder, and that of the Debian package, so that a command
// on the machine of a service speaks of the service's data.
func usualSettings() []string { return []string{"gongkai.yaml", "/etc/gongkai/gongkai.yaml"} }

// openSettings opens the settings file: the one that was named, or the first of the
// usual ones that is there, or none. Of the usual ones, the file of a service may be
// closed to whoever runs a command that needs nothing of it.
func openSettings(name string, usual []string) (*os.File, error) {
	if name != "" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("settings: %w; give the path of a YAML file with --config", err)
		}
		return f, nil
	}
	for i, name := range usual {
		f, err := os.Open(name)
		switch {
		case err == nil:
			return f, nil
		case errors.Is(err, fs.ErrNotExist), i > 0 && errors.Is(err, fs.ErrPermission), hidden(name):
		default:
			return nil, fmt.Errorf("settings: %w; give the path of a YAML file with --config", err)
		}
	}
	return nil, nil
}

// hidden reports whether not even the folder of a file may be looked into, as where a
// service's user runs a command in somebody's home.
func hidden(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrPermission)
}

// unknownKey is how the reader of YAML says that a key is nobody's.
var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

// readSettings reads a settings file over the defaults. The usual files may be
// missing; one that was named may not.
func readSettings(name string) (settings, error) {
	s := defaults()
	f, err := openSettings(name, usualSettings())
	if f == nil {
		return s, err
	}
	name = f.Name()
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		plain := strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:")), " ")
		plain = unknownKey.ReplaceAllString(plain, "unknown key $1")
		return s, fmt.Errorf("settings %s: %s; the keys are db, archive, portals, addr, contact, schedule, limits, worker, backup, bundle, notify, log, access, exports, api, proxies and thresholds", name, plain)
	}
	if err := s.Thresholds.Validate(); err != nil {
		return s, fmt.Errorf("settings %s: %w", name, err)
	}
	return s, nil
}
