import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textmateGrammar } from '../../src/editor/highlighting.ts';
import { rootGrammar } from '../../src/engine/keywords.ts';

const folder = path.join(import.meta.dirname, '../../editors/vscode');

function json(name: string) {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
}

describe('the VS Code extension', () => {
  it('names files that are there, and one language throughout', () => {
    const { main, contributes } = json('package.json');
    const [language] = contributes.languages;
    const [grammar] = contributes.grammars;
    for (const file of [main, language.configuration, grammar.path])
      expect(existsSync(path.join(folder, file))).toBe(true);
    expect(grammar).toMatchObject({ language: language.id, scopeName: json(grammar.path).scopeName });
    const client = readFileSync(path.join(folder, main), 'utf8');
    expect(client).toContain(`language: '${language.id}'`);
    for (const [, setting] of client.matchAll(/settings\.get\('(\w+)'\)/g)) {
      expect(Object.keys(contributes.configuration.properties)).toContain(`holdfast.${setting}`);
    }
  });

  it('has patterns that are regular expressions', () => {
    const { wordPattern, indentationRules } = json('language-configuration.json');
    const increase = new RegExp(indentationRules.increaseIndentPattern);
    expect('vrrp_instance A { # why').toMatch(increase);
    expect('# {').not.toMatch(increase);
    expect('  }').toMatch(new RegExp(indentationRules.decreaseIndentPattern));
    expect('virtual_server 10.0.0.1'.match(new RegExp(wordPattern, 'g'))).toEqual(['virtual_server', '10.0.0.1']);
  });

  it('colours by the keywords as they are now', () => {
    expect(json('syntaxes/keepalived.tmLanguage.json')).toEqual(textmateGrammar(rootGrammar));
  });
});
