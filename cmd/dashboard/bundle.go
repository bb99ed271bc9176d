package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/bundle"
	"gongkai/internal/durable"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// bundleSettings carry originals into a closed network.
type bundleSettings struct {
	Key    string   `yaml:"key"`    // file of the private key that signs bundles; made at first use
	Trust  []string `yaml:"trust"`  // public keys whose bundles are imported
	Record *bool    `yaml:"record"` // whether refreshes keep what bundles are made of; true where nothing is said
	Days   int      `yaml:"days"`   // how long it is kept; 0 for always
}

// complete says what is wrong.
func (b bundleSettings) complete() error {
	for _, key := range b.Trust {
		if _, err := bundle.ParseKey(key); err != nil {
			return fmt.Errorf("bundle.trust: %w", err)
		}
	}
	if b.Days < 0 {
		return fmt.Errorf("bundle.days %d; want a number of days, or 0 to keep all", b.Days)
	}
	return nil
}

// forget removes what bundles are made of that is older than the settings would have it.
func (a *app) forget(ctx context.Context, b bundleSettings, now time.Time) error {
	if b.Days == 0 || ctx.Err() != nil {
		return nil
	}
	n, err := a.db.PruneRecordings(ctx, now.AddDate(0, 0, -b.Days))
	if n > 0 {
		a.log.Info("forgot what bundles are made of", "lines", n, "older than days", b.Days)
	}
	return err
}

// keyFile is the file of the private key: beside the database where nothing else is said.
func (s *settings) keyFile() string {
	if s.Bundle.Key != "" {
		return s.Bundle.Key
	}
	if store.OnServer(s.DB) {
		return "bundle.key"
	}
	return filepath.Join(filepath.Dir(s.DB), "bundle.key")
}

func newBundle(s *settings) *cobra.Command {
	var since, file string
	opts := bundle.Options{Program: buildVersion(), Now: time.Now}
	cmd := &cobra.Command{
		Use:   "bundle [--since DAY] [--portal ID…] -o FILE.zip",
		Short: "write what refreshes archived into one signed file, to be imported in a closed network",
		Long: "Writes the originals with their addresses, times and headers, the looks with their outcome, the portal files\n" +
			"and the register into one ZIP file, with the SHA-256 of each entry, signed. dashboard import reads it inside\n" +
			"as if it had been answered there at the time. A bundle with --since goes on from the ones before it.",
		Example: example("dashboard bundle -o all.zip", "dashboard bundle --since 2025-03-01 -o march.zip", "dashboard bundle key"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if file == "" {
				return errors.New("bundle: no file given; name one with -o")
			}
			if since != "" {
				if opts.Since, err = time.ParseInLocation(time.DateOnly, since, standard.China()); err != nil {
					return fmt.Errorf("bundle: --since %q; want a day such as 2025-03-01", since)
				}
			}
			return s.writeBundle(cmd.Context(), cmd.OutOrStdout(), file, opts)
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().StringVar(&since, "since", "", "only refreshes since this day in China (default: all)")
	cmd.Flags().StringSliceVar(&opts.Portals, "portal", nil, "only these portals (default: all)")
	cmd.Flags().StringVarP(&file, "output", "o", "", "file to write")
	key := &cobra.Command{
		Use: "key", Short: "print the public key that bundles of this machine are signed with", Args: cobra.NoArgs,
		Long:    "Prints the public key, which the machine inside names in its settings (bundle.trust) or with --key. The private\nkey is made at first use, beside the database or where bundle.key says; who has it can sign bundles.",
		Example: example("dashboard bundle key"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			key, err := signingKey(s.keyFile())
			if err == nil {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), bundle.KeyText(key.Public().(ed25519.PublicKey)))
			}
			return err
		},
	}
	s.addStore(key.Flags())
	cmd.AddCommand(key)
	return cmd
}

func (s *settings) writeBundle(ctx context.Context, out io.Writer, file string, opts bundle.Options) (err error) {
	a, err := s.existingApp(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if opts.Key, err = signingKey(s.keyFile()); err != nil {
		return err
	}
	var m bundle.Manifest
	err = durable.Write(nil, file, func(to io.Writer) (err error) {
		m, err = bundle.Write(ctx, to, a.db, a.archive, opts)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s：%d 次采集，%d 个门户，%d 份原件；公钥 %s\n", file, len(m.Runs), len(m.Portals), m.Originals,
		bundle.KeyText(opts.Key.Public().(ed25519.PublicKey)))
	return err
}

// signingKey reads the private key, or makes it where there is none.
func signingKey(file string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("bundle key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("bundle key %s: is no key in PEM; move it away to have a new one made", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("bundle key %s: is no ed25519 key; move it away to have a new one made", file)
	}
	return key, nil
}

// makeKey makes a private key that only its owner can read. One that another process has
// made meanwhile stays.
func makeKey(file string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("bundle key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("bundle key: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("bundle key: %w; give a file in a folder that can be written with bundle.key", err)
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Sync(), f.Close())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bundle key: %w", err), os.Remove(file))
	}
	return key, nil
}
