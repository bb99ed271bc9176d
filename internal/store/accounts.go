package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
)

// An AccountID numbers an account; 0 is nobody.
type AccountID int64

// A Role says what an account may do; each may do what those before it may.
type Role string

// The roles.
const (
	Viewer        Role = "viewer"        // reads, where reading is closed
	Reviewer      Role = "reviewer"      // compares doubtful cells, decides on findings
	Administrator Role = "administrator" // manages accounts, reads the audit log
)

// Roles returns the roles, the least first.
func Roles() []Role { return []Role{Viewer, Reviewer, Administrator} }

// May reports whether a role may do what another may.
func (r Role) May(want Role) bool {
	rank := map[Role]int{Viewer: 1, Reviewer: 2, Administrator: 3}
	return rank[r] > 0 && rank[want] > 0 && rank[r] >= rank[want]
}

// An Account is a person who may sign in.
type Account struct {
	ID         AccountID
	Name       string // typed to sign in
	Shown      string // seen by others
	Role       Role
	Regions    []standard.RegionCode // it and all below; none for all
	Password   string                // hash, never the password
	Disabled   bool
	CreatedAt  time.Time
	PasswordAt time.Time
}

// Covers reports whether an account may act on a region.
func (a Account) Covers(code standard.RegionCode) bool {
	if len(a.Regions) == 0 {
		return true
	}
	for _, own := range a.Regions {
		from, to := within(own)
		if string(code) >= from && string(code) < to {
			return true
		}
	}
	return false
}

// AddAccount adds an account under a name that no other has, which else is a
// report.ParameterError.
func (db *DB) AddAccount(ctx context.Context, a Account, e Entry) (AccountID, error) {
	var id AccountID
	err := db.transact(ctx, func(tx *sql.Tx) (err error) {
		id, err = addAccount(ctx, tx, a, e)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add account %s: %w", a.Name, err)
	}
	return id, nil
}

// AddFirstAccount adds an account where there is none, and is report.ErrNotFound
// where there is one: the set-up link works once.
func (db *DB) AddFirstAccount(ctx context.Context, a Account, e Entry) (AccountID, error) {
	var id AccountID
	err := db.transact(ctx, func(tx *sql.Tx) (err error) {
		n, err := countAccounts(ctx, tx)
		if err != nil {
			return err
		}
		if n > 0 {
			return report.ErrNotFound
		}
		id, err = addAccount(ctx, tx, a, e)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add the first account: %w", err)
	}
	return id, nil
}

func addAccount(ctx context.Context, tx *sql.Tx, a Account, e Entry) (AccountID, error) {
	regions, err := regionsText(a.Regions)
	if err != nil {
		return 0, err
	}
	const known = `SELECT COUNT(*) FROM accounts WHERE name = ?`
	n, err := one(ctx, tx, known, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, a.Name)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		return 0, &report.ParameterError{Name: "name", Got: a.Name, Want: "一个还没有账号使用的登录名"}
	}
	const query = `
		INSERT INTO accounts (name, shown, role, regions, password, created_at, password_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		RETURNING id`
	id, err := one(ctx, tx, query, func(row scanner) (id AccountID, err error) { return id, row.Scan(&id) },
		a.Name, a.Shown, a.Role, regions, a.Password, millis(a.CreatedAt), millis(a.CreatedAt))
	if err != nil {
		return 0, err
	}
	return id, addEntry(ctx, tx, e)
}

// regionsText is the regions of an account as the database keeps them.
func regionsText(regions []standard.RegionCode) (string, error) {
	if len(regions) == 0 {
		return "", nil
	}
	return toJSON(regions)
}

// CountAccounts returns how many accounts there are.
func (db *DB) CountAccounts(ctx context.Context) (int, error) { return countAccounts(ctx, db.read) }

func countAccounts(ctx context.Context, q querier) (int, error) {
	return one(ctx, q, `SELECT COUNT(*) FROM accounts`, func(row scanner) (n int, err error) { return n, row.Scan(&n) })
}

const selectAccounts = `
	SELECT id, name, shown, role, regions, password, disabled, created_at, password_at FROM accounts`

func scanAccount(row scanner) (a Account, err error) {
	var regions string
	var created, password int64
	err = row.Scan(&a.ID, &a.Name, &a.Shown, &a.Role, &regions, &a.Password, &a.Disabled, &created, &password)
	if err != nil {
		return a, err
	}
	a.CreatedAt, a.PasswordAt = fromMillis(created), fromMillis(password)
	return a, fromJSON(regions, &a.Regions)
}

// Accounts returns all accounts by name.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	all, err := collect(ctx, db.read, selectAccounts+` ORDER BY name`, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return all, nil
}

// Account returns an account.
func (db *DB) Account(ctx context.Context, id AccountID) (Account, error) {
	a, err := one(ctx, db.read, selectAccounts+` WHERE id = ?`, scanAccount, id)
	if err != nil {
		return a, fmt.Errorf("account %d: %w", id, err)
	}
	return a, nil
}

// AccountNamed returns the account of a name.
func (db *DB) AccountNamed(ctx context.Context, name string) (Account, error) {
	a, err := one(ctx, db.read, selectAccounts+` WHERE name = ?`, scanAccount, name)
	if err != nil {
		return a, fmt.Errorf("account %s: %w", name, err)
	}
	return a, nil
}

// PutAccount changes what an account is called and may do, and ends its sessions where
// it may not sign in any more. The last administrator stays one.
func (db *DB) PutAccount(ctx context.Context, a Account, e Entry) error {
	regions, err := regionsText(a.Regions)
	if err == nil {
		err = db.transact(ctx, func(tx *sql.Tx) error {
			const query = `UPDATE accounts SET shown = ?, role = ?, regions = ?, disabled = ? WHERE id = ?`
			if _, err := tx.ExecContext(ctx, query, a.Shown, a.Role, regions, a.Disabled, a.ID); err != nil {
				return err
			}
			const left = `SELECT COUNT(*) FROM accounts WHERE role = ? AND NOT disabled AND regions = ''`
			n, err := one(ctx, tx, left, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, Administrator)
			if err != nil {
				return err
			}
			if n == 0 {
				return &report.ParameterError{Name: "role", Got: string(a.Role),
					Want: "至少留一个启用的、不限区划的管理员；先设另一个账号为管理员"}
			}
			if a.Disabled {
				if err := endSessions(ctx, tx, a.ID, ""); err != nil {
					return err
				}
			}
			return addEntry(ctx, tx, e)
		})
	}
	if err != nil {
		return fmt.Errorf("change account %s: %w", a.Name, err)
	}
	return nil
}

// SetPassword gives an account another password and ends its sessions, all but the one
// whose token is kept.
func (db *DB) SetPassword(ctx context.Context, id AccountID, hash, keep string, at time.Time, e Entry) error {
	err := db.transact(ctx, func(tx *sql.Tx) error {
		const query = `UPDATE accounts SET password = ?, password_at = ? WHERE id = ?`
		if _, err := tx.ExecContext(ctx, query, hash, millis(at), id); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id, keep); err != nil {
			return err
		}
		return addEntry(ctx, tx, e)
	})
	if err != nil {
		return fmt.Errorf("password of account %d: %w", id, err)
	}
	return nil
}
