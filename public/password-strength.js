/**
 * Says how strong a new password is while it is typed. Where no script runs the page works without it; what is refused
 * is judged by the server. Its words are in the page (data-…), nothing is sent anywhere.
 */
for (const output of document.querySelectorAll('[data-strength-of]')) {
  const input = document.getElementById(output.dataset.strengthOf);
  if (!input) continue;
  const minimum = Number(output.dataset.minimum);
  const meter = output.querySelector('meter');
  const words = output.querySelector('[data-words]');
  output.hidden = false;

  const show = () => {
    const characters = [...input.value.normalize('NFC')];
    // A character that is there already adds less than a new one: repeats and rows make no strength.
    const distinct = new Set(characters.map((character) => character.toLowerCase())).size;
    const effective = distinct + (characters.length - distinct) / 2;
    const level = characters.length < minimum ? 0 : effective < 13 ? 1 : effective < 18 ? 2 : 3;
    meter.value = characters.length < minimum ? Math.min(effective / 2, 5) : Math.min(effective, 24);
    const missing = minimum - characters.length;
    const text =
      level === 0 ? output.dataset.tooShort.replace('{}', String(missing)) : output.dataset[`level${level}`];
    // While nothing is typed there is nothing to say, and no gap where it would be said.
    output.classList.toggle('typed', characters.length > 0);
    meter.hidden = characters.length === 0;
    words.textContent = characters.length === 0 ? '' : text;
  };
  input.addEventListener('input', show);
  show();
}
