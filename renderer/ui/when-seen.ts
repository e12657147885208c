import type { Attachment } from 'svelte/attachments';

/** Calls once the element comes into sight, or is about to. */
export const whenSeen =
  (seen: () => void): Attachment =>
  (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
      },
      { rootMargin: '400px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
