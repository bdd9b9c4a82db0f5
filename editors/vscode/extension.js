// Starts `deployctl lsp` for the files that it may know. The server itself looks
// into a file and leaves alone what is neither nginx's nor uWSGI's.
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

const files = '**/{*.conf,*.ini,*.service,sites-available/*,sites-enabled/*,conf.d/*}';
let client;

exports.activate = () => {
  const settings = vscode.workspace.getConfiguration('deployctl');
  client = new LanguageClient(
    'deployctl',
    'deployctl',
    { command: settings.get('path'), args: settings.get('arguments') },
    {
      documentSelector: [{ scheme: 'file', pattern: files }, { scheme: 'file', language: 'nginx' }],
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher(files) },
    },
  );
  return client.start();
};

exports.deactivate = () => client && client.stop();
