package lsp

import (
	"context"
	"encoding/json"
	"slices"
)

func (s *server) initialize(_ context.Context, p initializeParams) (initializeResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.initialized = true
	s.client = client{encoding: utf16Units, documentChanges: p.Capabilities.Workspace.WorkspaceEdit.DocumentChanges}
	if slices.Contains(p.Capabilities.General.PositionEncodings, string(utf8Units)) {
		s.client.encoding = utf8Units
	}
	s.client.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	if r := p.Capabilities.TextDocument.CodeAction.ResolveSupport; r != nil {
		s.client.resolves = slices.Contains(r.Properties, "edit")
	}
	for _, f := range p.WorkspaceFolders {
		s.addFolder(f.URI)
	}
	if len(p.WorkspaceFolders) == 0 && p.RootURI != "" {
		s.addFolder(p.RootURI)
	} else if len(p.WorkspaceFolders) == 0 && p.RootPath != "" {
		s.folders = append(s.folders, keyOf(p.RootPath))
	}
	return initializeResult{
		Capabilities: map[string]any{
			"positionEncoding": s.client.encoding,
			"textDocumentSync": map[string]any{"openClose": true, "change": 2, "save": map[string]any{}},
			"codeActionProvider": map[string]any{
				"codeActionKinds": []string{quickFix, fixAll}, "resolveProvider": true,
			},
			"hoverProvider":              true,
			"completionProvider":         map[string]any{"triggerCharacters": []string{"$", "{", "(", "@", "="}},
			"definitionProvider":         true,
			"referencesProvider":         true,
			"documentHighlightProvider":  true,
			"documentFormattingProvider": true,
			"documentSymbolProvider":     true,
			"foldingRangeProvider":       true,
			"workspace": map[string]any{
				"workspaceFolders": map[string]any{"supported": true, "changeNotifications": true},
			},
		},
		ServerInfo: map[string]string{"name": "deployctl", "version": s.opts.Version},
	}, nil
}

// watched are the files whose changes on disk matter: configurations of both
// programs, of this one, and systemd's units.
const watched = "**/{*.conf,*.ini,*.yaml,*.yml,*.xml,*.json,*.service,sites-available/*,sites-enabled/*,conf.d/*}"

// onInitialized asks the editor to tell of changes on disk, where it can.
func (s *server) onInitialized(ctx context.Context, _ json.RawMessage) (any, error) {
	s.mu.Lock()
	watches := s.client.watches
	s.mu.Unlock()
	if !watches {
		return nil, nil
	}
	registration := map[string]any{"registrations": []any{map[string]any{
		"id": "files", "method": "workspace/didChangeWatchedFiles",
		"registerOptions": map[string]any{"watchers": []any{map[string]any{"globPattern": watched}}},
	}}}
	go func() {
		// An editor that does not want to is not asked again.
		_ = s.conn.Call(ctx, "client/registerCapability", registration, nil)
	}()
	return nil, nil
}

// addFolder adds a folder of the workspace; s.mu is held.
func (s *server) addFolder(uri string) {
	if path, ok := pathOf(uri); ok {
		s.folders = append(s.folders, keyOf(path))
	}
}

func (s *server) didChangeFolders(_ context.Context, p foldersParams) (any, error) {
	s.mu.Lock()
	for _, f := range p.Event.Removed {
		if path, ok := pathOf(f.URI); ok {
			key := keyOf(path)
			s.folders = slices.DeleteFunc(s.folders, func(f string) bool { return f == key })
		}
	}
	for _, f := range p.Event.Added {
		s.addFolder(f.URI)
	}
	s.mu.Unlock()
	s.analyses.disturb()
	return nil, nil
}
