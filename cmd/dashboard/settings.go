package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// settings are what an operator decides. A flag overrides the environment
// (GONGKAI_DB for db), which overrides the settings file, which overrides the
// defaults. A key that no setting has is an error: a misspelt key would be a
// default that nobody chose.
type settings struct {
	Config   string   `yaml:"-"`
	DB       string   `yaml:"db"`       // SQLite file; created where missing, its folder is not
	Archive  string   `yaml:"archive"`  // folder of the originals
	Portals  string   `yaml:"portals"`  // folder of portal files; "" for those in the program
	Addr     string   `yaml:"addr"`     // address to serve on
	Contact  string   `yaml:"contact"`  // address in the user agent, so that a portal's operator can write
	Schedule []string `yaml:"schedule"` // five cron fields in China's time, in place of the portals' own schedules

	Limits documentLimits `yaml:"limits"`
	Backup backupSettings `yaml:"backup"`
}

// defaults are in force where nothing else is said.
func defaults() settings {
	return settings{DB: "gongkai.db", Archive: "gongkai-archive", Addr: "127.0.0.1:8080", Backup: defaultBackups()}
}

// addStore adds the flags of commands that open the database and the archive.
func (s *settings) addStore(f *pflag.FlagSet) {
	d := defaults()
	f.StringVar(&s.DB, "db", d.DB, "database file, whose folder must exist, or postgres://… address")
	f.StringVar(&s.Archive, "archive", d.Archive, "folder of the archived originals")
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
	s.Backup = file.Backup
	if err := errors.Join(s.Limits.fromEnvironment(), s.Backup.complete()); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// readSettings reads a settings file over the defaults. The default file may be
// missing; one that was named may not.
func readSettings(name string) (settings, error) {
	s := defaults()
	named := name != ""
	if !named {
		name = "gongkai.yaml"
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("settings: %w; give the path of a YAML file with --config", err)
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil {
		plain := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")
		return s, fmt.Errorf("settings %s: %s; the keys are db, archive, portals, addr, contact, schedule, limits and backup", name, plain)
	}
	return s, nil
}
