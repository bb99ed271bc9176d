package web

import (
	"slices"
	"sync"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/report"
)

// keptDocuments is how many documents are kept as they were read: a reviewer is at one,
// and a few reviewers work at a time.
const keptDocuments = 4

// readDocuments keeps the documents that were read last.
type readDocuments struct {
	mu    sync.Mutex
	order []report.SHA256 // the last used last
	docs  map[report.SHA256][]*extract.Document
}

func (r *readDocuments) get(hash report.SHA256) ([]*extract.Document, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	docs, ok := r.docs[hash]
	if ok {
		r.use(hash)
	}
	return docs, ok
}

func (r *readDocuments) put(hash report.SHA256, docs []*extract.Document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.docs == nil {
		r.docs = make(map[report.SHA256][]*extract.Document)
	}
	r.docs[hash] = docs
	r.use(hash)
	if len(r.order) > keptDocuments {
		delete(r.docs, r.order[0])
		r.order = r.order[1:]
	}
}

func (r *readDocuments) use(hash report.SHA256) {
	r.order = append(slices.DeleteFunc(r.order, func(h report.SHA256) bool { return h == hash }), hash)
}
