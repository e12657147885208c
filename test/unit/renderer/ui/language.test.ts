import { describe, expect, it } from 'vitest';
import { systemLanguage } from '../../../../renderer/ui/language.svelte';

describe('systemLanguage', () => {
  it.each([
    [['zh-CN', 'en-US'], 'zh'],
    [['zh'], 'zh'],
    [['de-DE', 'en-GB', 'zh-CN'], 'en'],
    [['de-DE', 'zh-Hans'], 'zh'],
    [['fr'], 'en'],
    [[], 'en'],
  ])('of %j is %s', (wanted, code) => expect(systemLanguage(wanted)).toBe(code));
});
