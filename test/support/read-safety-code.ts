import { expect, type Person } from './people';
import { WORDS } from './screens';

/** Opens the safety code of a call as a person does. */
export async function openSafetyCode(
  person: Person,
  words: (typeof WORDS)['en' | 'zh'] = WORDS.en,
): Promise<void> {
  await person.button(words.call.more).click();
  await person.button(words.safetyCode.title).click();
}

/** Reads the safety code and closes it again. @returns names of the pictures and the digits */
export async function readSafetyCode(person: Person): Promise<string[]> {
  await openSafetyCode(person);
  const code = person.page.getByTestId('safety-code');
  await expect(code).toBeVisible();
  const said = await code.locator('li, p').allInnerTexts();
  await person.page.keyboard.press('Escape');
  await expect(code).toHaveCount(0);
  return said;
}
