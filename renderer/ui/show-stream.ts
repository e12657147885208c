/** Attaches a stream to a media element for as long as both are there. */
import type { Attachment } from 'svelte/attachments';

export const showStream =
  (stream: MediaStream | null): Attachment<HTMLMediaElement> =>
  (element) => {
    element.srcObject = stream;
    return () => {
      element.srcObject = null;
    };
  };
