import { messageIdOf } from './message-id.js';

describe(messageIdOf.name, () => {
  it.each([
    ['game@example.com', 'example.com'],
    ['"Game, Inc." <game@mail.example.com>', 'mail.example.com'],
    [{ name: 'Game', address: 'game@example.com' }, 'example.com'],
    ['game@bücher.example', 'xn--bcher-kva.example'],
    [undefined, 'hookline.invalid'],
    ['nobody', 'hookline.invalid'],
  ])('gives an e-mail from %j an id of the domain %s', (from, domain) => {
    expect(messageIdOf('0190', from)).toBe(`<0190@${domain}>`);
  });
});
