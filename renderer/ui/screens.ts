/** Every screen but the first, in a chunk of its own that the first frame does not wait for; see `App.svelte`. */
export { default as Calling } from './Calling.svelte';
export { default as CallScreen } from './CallScreen.svelte';
export { default as CloseDialog } from './CloseDialog.svelte';
export { default as Confirm } from './Confirm.svelte';
export { default as Ended } from './Ended.svelte';
export { default as HostPanel } from './HostPanel.svelte';
export { default as Joining } from './Joining.svelte';
export { default as JoinPanel } from './JoinPanel.svelte';
export { default as Ringing } from './Ringing.svelte';
export { default as SafetyCodeDialog } from './SafetyCodeDialog.svelte';
export { default as NearbyPanel } from './NearbyPanel.svelte';
export { default as ServerPanel } from './ServerPanel.svelte';
export { default as SettingsDialog } from './SettingsDialog.svelte';
export { default as Waiting } from './Waiting.svelte';
