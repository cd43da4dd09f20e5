import { readImageName } from './image-name.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', 'https://registry-1.docker.io', 'library/nginx', 'latest'],
  ['nginx:1.27', 'https://registry-1.docker.io', 'library/nginx', '1.27'],
  ['team/app:1', 'https://registry-1.docker.io', 'team/app', '1'],
  ['docker.io/nginx', 'https://registry-1.docker.io', 'library/nginx', 'latest'],
  ['registry.example.org/shop/checkout:1.0', 'https://registry.example.org', 'shop/checkout', '1.0'],
  ['registry.example.org:5000/checkout', 'https://registry.example.org:5000', 'checkout', 'latest'],
  [`registry.example.org/a@${DIGEST}`, 'https://registry.example.org', 'a', DIGEST],
  [`registry.example.org/a:1.0@${DIGEST}`, 'https://registry.example.org', 'a', DIGEST],
  ['localhost/a:1', 'http://localhost', 'a', '1'],
  ['127.0.0.1:5000/a/b_c:1', 'http://127.0.0.1:5000', 'a/b_c', '1'],
  ['[::1]:5000/a:1', 'http://[::1]:5000', 'a', '1'],
])('%s', (image, origin, repository, reference) => {
  expect(readImageName(image)).toEqual({ origin, repository, reference });
});

test.each(['', 'Nginx', 'a b', '{{ .Values.image }}', 'registry.example.org/', 'registry.example.org/../v2', 'a:b:c', 'a@sha256:short', 'registry.example.org/a?x=1', 'ada:secret@registry.example.org/a', `registry.example.org/a:${'x'.repeat(129)}`, 'a/../../b'])('%p is no name of an image', (image) => {
  expect(readImageName(image)).toBeUndefined();
});
