const { workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = async () => {
  const settings = workspace.getConfiguration('holdfast');
  const server = { command: settings.get('path'), args: ['lsp', '--stdio'] };
  client = new LanguageClient('holdfast', 'Holdfast', server, {
    documentSelector: [{ language: 'keepalived' }],
    initializationOptions: { configId: settings.get('configId'), thisMachine: settings.get('thisMachine') },
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.conf') },
  });
  await client.start();
};

exports.deactivate = () => client?.stop();
