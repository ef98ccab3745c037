export const dynamic = "force-dynamic";

export default function Feed() {
  return <p>public</p>;
}
