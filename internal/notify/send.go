package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"code.dny.dev/ssrf"
	"github.com/wneessen/go-mail"
)

// A Message is what one subscriber is sent.
type Message struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// sendFor is how long one attempt may take.
const sendFor = 30 * time.Second

// Send sends a message once. Its error names neither the address nor a secret.
func (c Channel) Send(ctx context.Context, to []string, m Message, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	switch c.Kind {
	case "smtp":
		return c.mail(ctx, to, m, now)
	case "webhook":
		return c.webhook(ctx, m, now)
	case "wecom":
		return c.robot(ctx, c.URL, map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Subject + "\n" + m.Text}})
	case "dingtalk":
		at, err := c.dingtalkURL(now)
		if err != nil {
			return err
		}
		return c.robot(ctx, at, map[string]any{"msgtype": "text", "text": map[string]string{"content": m.Subject + "\n" + m.Text}})
	case "feishu":
		body := map[string]any{"msg_type": "text", "content": map[string]string{"text": m.Subject + "\n" + m.Text}}
		if c.Secret != "" {
			at := strconv.FormatInt(now.Unix(), 10)
			body["timestamp"], body["sign"] = at, base64.StdEncoding.EncodeToString(sum(at+"\n"+c.Secret, nil))
		}
		return c.robot(ctx, c.URL, body)
	}
	return fmt.Errorf("channel %s: kind %q", c.Name, c.Kind)
}

// sum is the HMAC-SHA256 of a text.
func sum(key string, text []byte) []byte {
	h := hmac.New(sha256.New, []byte(key))
	h.Write(text)
	return h.Sum(nil)
}

// dingtalkURL signs the address as DingTalk wants it.
func (c Channel) dingtalkURL(now time.Time) (string, error) {
	if c.Secret == "" {
		return c.URL, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return "", errors.New("its url is no address")
	}
	at := strconv.FormatInt(now.UnixMilli(), 10)
	q := u.Query()
	q.Set("timestamp", at)
	q.Set("sign", base64.StdEncoding.EncodeToString(sum(c.Secret, []byte(at+"\n"+c.Secret))))
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// webhook posts a message with a signature over the time and the body, so that neither
// can be changed and an old one is not taken twice.
func (c Channel) webhook(ctx context.Context, m Message, now time.Time) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	at := strconv.FormatInt(now.Unix(), 10)
	_, err = c.post(ctx, c.URL, body, map[string]string{"X-Gongkai-Timestamp": at,
		"X-Gongkai-Signature": "sha256=" + hex.EncodeToString(sum(c.Secret, append([]byte(at+"."), body...)))})
	return err
}

// robot posts to a robot and reads whether it took it: they answer 200 in any case.
func (c Channel) robot(ctx context.Context, to string, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	text, err := c.post(ctx, to, body, nil)
	if err != nil {
		return err
	}
	var answer struct {
		ErrCode *int   `json:"errcode"`
		Code    *int   `json:"code"`
		ErrMsg  string `json:"errmsg"`
		Msg     string `json:"msg"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return errors.New("the robot answered with no JSON")
	}
	for _, code := range []*int{answer.ErrCode, answer.Code} {
		if code != nil && *code != 0 {
			return fmt.Errorf("机器人拒收：%d %.100s%.100s", *code, answer.ErrMsg, answer.Msg)
		}
	}
	if answer.ErrCode == nil && answer.Code == nil {
		return errors.New("the robot did not say whether it took it")
	}
	return nil
}

// post posts JSON to public addresses, and to the private ranges that the channel names.
// It follows no redirect: who is told is what was configured.
func (c Channel) post(ctx context.Context, to string, body []byte, header map[string]string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("its url is no address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "gongkai/1.0")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	transport := &http.Transport{DialContext: c.dialer().DialContext, TLSHandshakeTimeout: sendFor / 2, DisableKeepAlives: true}
	answer, err := transport.RoundTrip(req)
	if err != nil {
		return nil, c.plain(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return nil, c.plain(err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, fmt.Errorf("对方应答 %d", answer.StatusCode)
	}
	return text, nil
}

// dialer connects to public addresses only, and to the private ranges that are named.
func (c Channel) dialer() *net.Dialer {
	var v4, v6 []netip.Prefix
	for _, p := range c.Networks {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	return &net.Dialer{Timeout: sendFor / 2, Control: guard.Safe}
}

// plain is an error without the address, in which robots have their key.
func (c Channel) plain(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		err = ue.Err
	}
	if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) {
		return errors.New("leads to a private address; name its range in networks if that is meant")
	}
	return err
}

// mail sends a mail by the server that is configured, wherever it is.
func (c Channel) mail(ctx context.Context, to []string, m Message, now time.Time) error {
	msg := mail.NewMsg()
	if err := msg.From(c.From); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if err := msg.To(to...); err != nil {
		return fmt.Errorf("to: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(now)
	msg.SetMessageID()
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	opts := []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(sendFor / 2), mail.WithTLSPolicy(mail.TLSMandatory)}
	switch c.TLS {
	case "tls":
		opts = append(opts, mail.WithSSL())
	case "none":
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.User != "" {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	client, err := mail.NewClient(c.Host, opts...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}
