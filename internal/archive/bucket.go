package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	minio "github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"golang.org/x/sync/errgroup"

	"gongkai/internal/report"
)

// A bucket is the place of originals in an S3-compatible store: PREFIX/ab/ab12…ef.original
// is the object of one, with the bytes that its file in a folder would have.
type bucket struct {
	client *minio.Client
	name   string
	prefix string        // "" or ends with a slash
	wait   time.Duration // how long a store that refuses is asked again
}

// How long a store that refuses is asked again: a restart of it is waited for, and an
// outage ends the run, which goes on with the next one. Whoever opens an archive is told
// of a wrong address soon.
const (
	patience = 2 * time.Minute
	opening  = 5 * time.Second
)

// scheme begins the address of a bucket.
const scheme = "s3://"

// InBucket reports whether the address of an archive is that of a bucket, and not a
// folder.
func InBucket(at string) bool { return strings.HasPrefix(at, scheme) }

// wantBucket says what the address of a bucket is.
const wantBucket = "want s3://HOST[:PORT]/BUCKET[/PREFIX], with ?insecure=true where the host speaks no TLS, and ?region=NAME where it asks for one; " +
	"the keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"

// openBucket opens the archive in a bucket, which must exist.
func openBucket(ctx context.Context, at string) (*bucket, error) {
	host, b, options, err := bucketAt(at)
	at = shown(at)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w; %s", at, err, wantBucket)
	}
	if b.client, err = minio.New(host, options); err != nil {
		return nil, fmt.Errorf("archive %s: %w; %s", at, err, wantBucket)
	}
	var there bool
	b.wait = opening
	err = b.patiently(ctx, func() (err error) {
		there, err = b.client.BucketExists(ctx, b.name)
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("archive %s: %w; check that the store runs, and the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", at, err)
	case !there:
		return nil, fmt.Errorf("archive %s: there is no bucket %s; make it, or give another with --archive", at, b.name)
	}
	b.wait = patience
	return b, nil
}

// bucketAt reads the address of a bucket. Keys do not belong into it: it is shown.
func bucketAt(at string) (host string, b *bucket, options *minio.Options, err error) {
	u, err := url.Parse(at)
	if err != nil {
		return "", nil, nil, errors.New("is no address")
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	switch {
	case u.User != nil:
		return "", nil, nil, errors.New("holds a key, which would be shown and logged")
	case u.Host == "" || name == "":
		return "", nil, nil, errors.New("names no host or no bucket")
	}
	if prefix != "" {
		prefix += "/"
	}
	options = &minio.Options{Secure: true, MaxRetries: 1, BucketLookup: minio.BucketLookupPath, Creds: credentials.NewChainCredentials(
		[]credentials.Provider{&credentials.EnvAWS{}, &credentials.EnvMinio{}, &credentials.FileAWSCredentials{}})}
	for key, values := range u.Query() {
		switch value := values[0]; {
		case key == "insecure" && (value == "true" || value == "false"):
			options.Secure = value == "false"
		case key == "region":
			options.Region = value
		default:
			return "", nil, nil, fmt.Errorf("says %s=%s, which is not known", key, value)
		}
	}
	return u.Host, &bucket{name: name, prefix: prefix}, options, nil
}

// shown is the address of a bucket without what must not be shown.
func shown(at string) string {
	if u, err := url.Parse(at); err == nil {
		return u.Redacted()
	}
	return scheme + "…"
}

func (b *bucket) String() string { return scheme + path.Join(b.name, b.prefix) }

// object returns the name of an original.
func (b *bucket) object(hash report.SHA256) string {
	return b.prefix + string(hash[:2]) + "/" + string(hash) + suffix
}

// has implements place.
func (b *bucket) has(ctx context.Context, hash report.SHA256) (has bool, err error) {
	err = b.patiently(ctx, func() error {
		_, err := b.client.StatObject(ctx, b.name, b.object(hash), minio.StatObjectOptions{})
		has = err == nil
		if absent(err) {
			return nil
		}
		return err
	})
	return has, err
}

// atATime is how many objects are sent side by side.
const atATime = 8

// keep implements place: an object is there whole, or it is not there.
func (b *bucket) keep(ctx context.Context, all []original) []error {
	errs := make([]error, len(all))
	var group errgroup.Group
	group.SetLimit(atATime)
	for i, o := range all {
		group.Go(func() error {
			errs[i] = b.send(ctx, o.hash, o.record, o.body)
			return nil
		})
	}
	_ = group.Wait() // each error is in its place
	return errs
}

// send keeps one object.
func (b *bucket) send(ctx context.Context, hash report.SHA256, record, body []byte) error {
	text := appendOriginal(nil, record, body)
	return b.patiently(ctx, func() error {
		_, err := b.client.PutObject(ctx, b.name, b.object(hash), bytes.NewReader(text), int64(len(text)),
			minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true})
		return err
	})
}

// read implements place.
func (b *bucket) read(ctx context.Context, hash report.SHA256) (record, body []byte, err error) {
	var text []byte
	err = b.patiently(ctx, func() error {
		o, err := b.client.GetObject(ctx, b.name, b.object(hash), minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		text, err = io.ReadAll(o)
		return errors.Join(err, o.Close())
	})
	if absent(err) {
		return nil, nil, report.ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	return taken(text)
}

// walk implements place: S3 lists names in their order.
func (b *bucket) walk(ctx context.Context, f func(report.SHA256) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the listing where f ends the walk
	defer cancel()
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		hash := report.SHA256(strings.TrimSuffix(path.Base(o.Key), suffix))
		if !valid(hash) || o.Key != b.object(hash) {
			continue
		}
		if err := f(hash); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// absent reports whether an object is not there.
func absent(err error) bool {
	answer := answerIn(err)
	return answer.Code == minio.NoSuchKey || answer.Code == "" && answer.StatusCode == http.StatusNotFound
}

// answerIn returns what the store answered with; zero where it did not.
func answerIn(err error) (answer minio.ErrorResponse) {
	_ = errors.As(err, &answer)
	return answer
}

// patiently does something again, ever less often, while the store cannot be reached or
// refuses for a time.
func (b *bucket) patiently(ctx context.Context, do func() error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := do()
		if err != nil && !passes(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithMaxElapsedTime(b.wait))
	return err
}

// passes reports whether an error of the store may be over when it is asked again.
func passes(err error) bool {
	if answer := answerIn(err); answer.StatusCode != 0 {
		return answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests
	}
	var dial interface{ Timeout() bool } // of net: not reached, or cut off
	return errors.As(err, &dial) || errors.Is(err, io.ErrUnexpectedEOF)
}
