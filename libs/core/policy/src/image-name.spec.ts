import { canonicalName, imageNameProblem, imageParts } from './image-name.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', { name: 'nginx' }],
  ['nginx:1.0', { name: 'nginx', tag: '1.0' }],
  ['localhost:5000/shop/checkout', { name: 'localhost:5000/shop/checkout' }],
  ['localhost:5000/shop/checkout:1.0', { name: 'localhost:5000/shop/checkout', tag: '1.0' }],
  [`registry.example.org/checkout:1.0@${DIGEST}`, { name: 'registry.example.org/checkout', tag: '1.0', digest: DIGEST }],
  [`checkout@${DIGEST}`, { name: 'checkout', digest: DIGEST }],
  ['{{ .Values.image }}', undefined],
  ['checkout:', undefined],
  ['checkout:1.0\nx', undefined],
  ['checkout@sha256:1', undefined],
  ['Checkout:1.0', undefined],
  ['', undefined],
])('%j is read in its parts', (reference, parts) => {
  expect(imageParts(reference)).toEqual(parts);
});

test.each([
  ['nginx', 'docker.io/library/nginx'],
  ['docker.io/library/nginx', 'docker.io/library/nginx'],
  ['docker.io/nginx', 'docker.io/library/nginx'],
  ['index.docker.io/shop/checkout', 'docker.io/shop/checkout'],
  ['shop/checkout', 'docker.io/shop/checkout'],
  ['registry.example.org/checkout', 'registry.example.org/checkout'],
  ['localhost/checkout', 'localhost/checkout'],
])('%s is the image %s', (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
});

test.each(['checkout:1.0', 'https://registry.example.org/checkout', 'a b', 'A/b', `checkout@${DIGEST}`])('%j is no name of an image to follow', (text) => {
  expect(imageNameProblem(text)).toMatch(/without tag and digest/);
});
