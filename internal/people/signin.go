package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"gongkai/internal/report"
	"gongkai/internal/store"
)

// ErrRefused says that nobody of this name and password may sign in. It does not say
// which of the two is wrong.
var ErrRefused = errors.New("name or password is wrong")

// SignIn returns the account of a name and a password. client is the address, and
// device what Device gave this browser when it last signed in, "" for none. Errors are
// ErrRefused, a SlowDownError, or come from the database.
func (s *Service) SignIn(ctx context.Context, name, password, client, device string) (store.Account, error) {
	account, err := s.db.AccountNamed(ctx, name)
	if err != nil && !errors.Is(err, report.ErrNotFound) {
		return account, err
	}
	known := err == nil
	try := attempt{account: name, client: client}
	if known && device != "" {
		mine, err := s.isDevice(ctx, device, account.ID)
		if err != nil {
			return account, err
		}
		if mine {
			try.device = device
		}
	}
	hold, err := s.tries.ask(try, s.Now())
	if err != nil {
		return store.Account{}, err
	}
	if hold > 0 {
		if err := s.Wait(ctx, hold); err != nil {
			return store.Account{}, err
		}
	}
	ok, err := s.right(ctx, account, known, password)
	if err != nil {
		return store.Account{}, err
	}
	by := Actor{Account: account, Client: client}
	if !ok {
		s.tries.fail(try, s.Now())
		by.Name = "" // what was typed may be a password in the wrong field
		return store.Account{}, errors.Join(ErrRefused, s.db.Log(ctx, s.entry(by, "login.refused", account.Name, "", "")))
	}
	s.tries.pass(try)
	return account, s.db.Log(ctx, s.entry(by, store.ActionSignedIn, account.Name, "", ""))
}

// right reports whether a password is that of an account that may sign in. It takes as
// long for an unknown name.
func (s *Service) right(ctx context.Context, a store.Account, known bool, password string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	hash := a.Password
	if !known {
		var err error
		if hash, err = s.anyone(); err != nil {
			return false, err
		}
	}
	if len(password) > maxPassword {
		password = ""
	}
	ok, err := matches(password, hash)
	return ok && known && !a.Disabled, err
}

// Device returns what marks a browser in which an account has signed in. It lets nobody
// in; it keeps strangers' attempts from slowing down its owner.
func (s *Service) Device(ctx context.Context, id store.AccountID) (string, error) {
	mark := strconv.FormatInt(int64(id), 10) + "." + Random(16)
	signed, err := s.sign(ctx, mark)
	return mark + "." + signed, err
}

func (s *Service) isDevice(ctx context.Context, device string, id store.AccountID) (bool, error) {
	at := strings.LastIndexByte(device, '.')
	if at < 0 || !strings.HasPrefix(device, strconv.FormatInt(int64(id), 10)+".") {
		return false, nil
	}
	signed, err := s.sign(ctx, device[:at])
	return hmac.Equal([]byte(device[at+1:]), []byte(signed)), err
}

func (s *Service) sign(ctx context.Context, mark string) (string, error) {
	secret, err := s.db.Secret(ctx, "devices")
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(mark))
	return hex.EncodeToString(m.Sum(nil)), nil
}
